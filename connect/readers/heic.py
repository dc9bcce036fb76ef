"""Photographs of telephones (HEIC), re-encoded as any other picture."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from pi_heif import register_heif_opener
from pictures import picture

register_heif_opener(decode_threads=0, thumbnails=False, depth_images=False, aux_images=False)


def heic(file: BinaryIO, **options: Any) -> Iterator[dict[str, Any]]:
    yield from picture(file, **options)
