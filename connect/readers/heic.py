"""A photograph of a telephone (HEIC), drawn anew as any other picture."""

from pi_heif import register_heif_opener
from pictures import picture

register_heif_opener(decode_threads=0, thumbnails=False, depth_images=False, aux_images=False)


def heic(file, **options):
    yield from picture(file, **options)
