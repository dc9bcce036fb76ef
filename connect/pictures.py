"""Pictures that people upload: re-encoded, so that only what is visible is stored."""

from __future__ import annotations

import base64
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.sandbox import parse_file

MOST_PIXELS = 50_000_000
DECODED = 100 * 1024 * 1024  # bytes of a picture that are in memory at a time, beside one copy
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIF"}
KEPT_AS = {"HEIF": "JPEG"}  # what few programs show


class DescribedPicture(models.Model):
    """A re-encoded picture, with a description for who cannot see it.

    Its size in pixels keeps its place on a page while it is still on a slow line.
    """

    file: models.FileField  # each model keeps them in a folder of its own
    alt = models.CharField(
        gettext_lazy("a description for people who cannot see it"), max_length=250
    )
    credit = models.CharField(gettext_lazy("photographer"), max_length=120)
    width = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    height = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.alt

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.width, self.height = getattr(self.file.file, "size_in_pixels", (0, 0))
        super().save(*args, **kwargs)


class DrawnPicture(ContentFile):
    """A re-encoded picture: its bytes, format, width and height."""

    def __init__(
        self,
        content: bytes,
        name: str | None,
        size_in_pixels: tuple[int, int],
        format: str = "JPEG",
    ) -> None:
        super().__init__(content, name=name)
        self.size_in_pixels, self.format = size_in_pixels, format


def remove_metadata(
    upload: File[bytes],
    format: str,
    within: tuple[int, int] | None = None,
    save_as: str | None = None,
    quality: int = 90,
) -> DrawnPicture:
    """Re-encode a picture without its metadata, such as place and camera.

    within: (width, height) that it is made to fit into; save_as: another format to keep it in, as
    a HEIC photograph always is. Raises ValidationError for one that cannot be read, or that would
    fill the memory.
    """
    save_as = save_as or KEPT_AS.get(format)
    try:
        (drawn,) = parse_file(
            "heic" if format == "HEIF" else "picture",
            upload,
            format=format,
            pixels=MOST_PIXELS,
            decoded=DECODED,
            within=within,
            save_as=save_as,
            quality=quality,
        )
    except ValidationError as refusal:
        if refusal.code != "unreadable":
            raise
        raise ValidationError(
            _("This picture cannot be read: open it, save it as a JPEG, and choose that one."),
            code="picture",
        ) from refusal
    size = (drawn["width"], drawn["height"])
    return DrawnPicture(base64.b64decode(drawn["picture"]), upload.name, size, save_as or format)
