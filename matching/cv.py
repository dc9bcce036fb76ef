"""The CV of an interest: a PDF that staff read, and the town once everybody has agreed."""

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from connect.files import clean_name, delete_replaced_file
from connect.uploads import clean_upload
from matching.enums import MatchStatus
from matching.models import Interest
from matching.permissions import INTERESTS, OFFICER


def save_cv(interest, upload, *, actor):
    """Save a PDF as the CV of an unsent interest, in place of the one before.

    Raises PermissionDenied for anybody but its expert or once it was sent, ValidationError for a
    file that is too large, infected or no PDF.
    """
    if not INTERESTS.allows(actor, "write", interest):
        raise PermissionDenied
    upload, content_type = clean_upload(upload)  # before any lock: a scanner may take its time
    if content_type != "application/pdf":
        raise ValidationError(_("Choose a PDF."), code="type")
    name = clean_name(upload.name, content_type)
    with transaction.atomic():
        interest = INTERESTS.get_locked(Interest.objects.all(), interest, "write", actor)
        delete_replaced_file(interest, "cv", interest.cv.name)
        upload.name = f"{uuid.uuid4()}.pdf"
        interest.cv, interest.cv_name = upload, name
        interest.save(update_fields=["cv", "cv_name"])
    return interest


def last_cv(expert):
    """Return the CV that this expert sent last, as (file, name), to begin the next answer with."""
    before = expert.interests.exclude(cv="").order_by("-pk").first()
    return (before.cv.name, before.cv_name) if before else ("", "")


def may_read_cv(user, interest):
    """True for staff and the expert; for the town's people once the match is agreed."""
    if interest.expert.user_id == user.pk or OFFICER.holds(user, interest):
        return True
    return interest.matches.filter(status=MatchStatus.AGREED).exists()
