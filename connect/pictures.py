"""Pictures that people send: drawn anew, so that nothing is kept but what is seen."""

import io

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import get_image_dimensions
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG"}


class Described(models.Model):
    """A picture that was drawn anew, with words for who cannot see it.

    Its size in pixels keeps its place on a page while it is still on a slow line.
    """

    alt = models.CharField(gettext_lazy("what can be seen, for who cannot see it"), max_length=250)
    credit = models.CharField(gettext_lazy("who took it"), max_length=120)
    width = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    height = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.alt

    def save(self, *args, **kwargs):
        if self._state.adding:
            self.width, self.height = get_image_dimensions(self.file)
        super().save(*args, **kwargs)


def without_metadata(upload, format_, within=None, save_as=None):
    """Draw a picture anew: where and with what it was taken stays behind.

    within: (width, height) that it is made to fit into; save_as: another format to keep it in.
    Raises ValidationError for one that cannot be read, or that would fill the memory.
    """
    drawn = io.BytesIO()
    try:
        with Image.open(upload, formats=[format_]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            turned = ImageOps.exif_transpose(picture)
            if "icc_profile" in turned.info:  # colours are the picture's own
                profile = {"icc_profile": turned.info["icc_profile"]}
            else:
                profile = {}
            turned.info.clear()
            if within:
                turned.thumbnail(within)
            if save_as and turned.mode != "RGB":
                turned = turned.convert("RGB")
            turned.save(drawn, save_as or format_, quality=90, **profile)
    except Image.DecompressionBombError as error:
        raise ValidationError(
            _("This picture is too large: make it smaller than 50 megapixels."), code="pixels"
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ValidationError(
            _("This picture cannot be read: open it, save it again, and choose it."), code="picture"
        ) from error
    return ContentFile(drawn.getvalue(), name=upload.name)
