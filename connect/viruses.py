"""Asks ClamAV about a file before it is kept, where CLAMAV_ADDRESS names a server."""

from __future__ import annotations

import logging

from clamav_client.clamd import ClamdError, ClamdNetworkSocket
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

PATIENCE = 20  # seconds for the server to answer


def refuse_infected(upload: File[bytes]) -> None:
    """Read a file through the scanner, and rewind it.

    Raises ValidationError for one with a virus, and for any while the scanner is away: a file
    that nobody looked at is not kept.
    """
    if not settings.CLAMAV_ADDRESS:
        return
    host, _colon, port = settings.CLAMAV_ADDRESS.rpartition(":")
    try:
        found = ClamdNetworkSocket(host, int(port), timeout=PATIENCE).instream(
            upload  # type: ignore[arg-type]  # it only reads and rewinds it
        )
        status, name = found["stream"]
    except (ClamdError, OSError, KeyError) as error:
        logger.warning("the virus scanner does not answer: %s", error)
        raise ValidationError(
            _("Files cannot be checked for viruses just now: try again in a few minutes."),
            code="unchecked",
        ) from error
    finally:
        upload.seek(0)
    if status != "OK":
        logger.warning("a file with %s was refused", name)
        raise ValidationError(
            _("This file contains a virus: clean the computer that it comes from."), code="virus"
        )
