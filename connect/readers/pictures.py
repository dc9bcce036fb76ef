"""Re-encodes a picture: upright, in sRGB, without hidden data."""

import base64
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from PIL import Image, ImageCms, MpoImagePlugin, TiffImagePlugin  # noqa: F401
from refusal import ReadRefused

Image.preinit()  # and the modules above: Pillow loads them only when it meets them
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SCALES = (1, 2, 4, 8)
ONE_BYTE = ("1", "L", "P")  # all others take four bytes a pixel
SRGB = ImageCms.createProfile("sRGB")


def picture(
    file: BinaryIO,
    format: str,
    pixels: int,
    decoded: int,
    within: tuple[int, int] | None,
    save_as: str | None,
    quality: int,
) -> Iterator[dict[str, Any]]:
    """Return one picture: {bytes as base64, width, height}.

    pixels: how many it may have; decoded: bytes of it that memory holds at a time. within: a width
    and height that it is made to fit into; save_as: another format to write it in.
    """
    try:
        opened = Image.open(file, formats=[format])
    except Image.DecompressionBombError as error:
        raise ReadRefused("pixels") from error
    if opened.width * opened.height > pixels:
        raise ReadRefused("pixels")
    turn, profile = turn_of(opened), opened.info.get("icc_profile")
    scale = scale_of(opened, within, decoded)
    opened.draft(None, (opened.width // scale, opened.height // scale))
    if in_memory(opened) > decoded:
        raise ReadRefused("decoded")
    opened.load()
    drawn: Image.Image = opened
    if save_as == "JPEG" and drawn.mode not in ("L", "RGB", "CMYK"):
        drawn = drawn.convert("L" if drawn.mode.startswith("I") else "RGB")
    if within:
        drawn.thumbnail(within)
    if turn:
        drawn = drawn.transpose(turn)
    drawn = in_common_colours(drawn, profile)
    if save_as == "JPEG" and drawn.mode != "RGB":
        drawn = drawn.convert("RGB")
    see_through = drawn.info.get("transparency")
    drawn.info = {} if see_through is None else {"transparency": see_through}
    written = io.BytesIO()
    drawn.save(written, save_as or format, quality=quality)
    yield {
        "picture": base64.b64encode(written.getvalue()).decode(),
        "width": drawn.width,
        "height": drawn.height,
    }


def scale_of(image: Image.Image, within: tuple[int, int] | None, decoded: int) -> int:
    """Return at which part of its size a JPEG is read: 1, 2, 4 or 8.

    The first that fits into memory, or, where it is made smaller anyhow, the last that leaves
    twice of what is wanted.
    """
    fitting = [scale for scale in SCALES if in_memory(image) <= decoded * scale**2] or [SCALES[-1]]
    if within is None:
        return fitting[0]
    ample = [
        scale
        for scale in fitting
        if image.width >= 2 * within[0] * scale or image.height >= 2 * within[1] * scale
    ]
    return ample[-1] if ample else fitting[0]


def in_memory(image: Image.Image) -> int:
    return image.width * image.height * (1 if image.mode in ONE_BYTE else 4)


def turn_of(image: Image.Image) -> Image.Transpose | None:
    """Return the camera's orientation; upright where its value makes no sense."""
    try:
        return TURNS.get(image.getexif().get(ORIENTATION, 0))
    except Exception:
        return None


def in_common_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture's colour profile to sRGB."""
    if not profile or image.mode not in ("L", "RGB", "CMYK"):
        return image
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, SRGB, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile that makes no sense: the numbers are taken as they are
