"""Creating a dossier: by an authority's people, by staff for one, or from one that has ended."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import co_applicants
from applications.dossier_files import add_file
from applications.enums import FINAL, AttachmentKind, LanguageFrom, Status
from applications.models import Call, Dossier
from applications.section_answers import bind_section, write_section
from connect.references import next_reference
from connect.transitions import by_officer, record_event
from notifications import limits


@transaction.atomic
def begin_dossier(call, authority, *, actor, now=None):
    """Return the authority's open draft for this call, or a new one.

    Whoever only asked to write for the authority gets a draft that is theirs alone: it shows and
    is shown nothing of the authority's, and has no timeline yet, so that it can be deleted.
    Raises PermissionDenied for others, ValidationError if the call is closed or not for this
    country.
    """
    now = now or timezone.now()
    open_draft = draft_of(call, authority, actor)
    # The authority's row is the lock: two colleagues who begin at once share one draft.
    type(authority).objects.select_for_update(of=("self",)).get(pk=authority.pk)
    if draft := open_draft.first():
        return draft
    limits.count_message("begin", actor=actor, now=now)
    if not authority.has_author(actor):
        return new_draft(call, authority, actor=actor, now=now, status=Status.PRIVATE)
    dossier = new_draft(call, authority, actor=actor, now=now)
    record_event(dossier, "begin", actor=actor, now=now)
    return dossier


def draft_of(call, authority, actor):
    """Return the draft of a call in which this person would write for an authority, or None.

    Raises PermissionDenied for whoever neither writes for it nor asked to.
    """
    drafts = Dossier.objects.filter(call=call, authority=authority)
    if authority.has_author(actor):
        return drafts.filter(status=Status.DRAFT)
    asked = type(authority).objects.of_future_author(actor)
    if not asked.filter(pk=authority.pk).exists():
        raise PermissionDenied
    return drafts.filter(status=Status.PRIVATE, created_by=actor)


@transaction.atomic
def type_in_dossier(
    call, authority, raws, *, actor, language="", arrived_on=None, late_reason="", now=None
):
    """Create a dossier for a town that answered on paper; `raws` {section: {field: values}}.

    It says who typed it in, and is sent only once the legal representative has signed it by a
    link. language: that of what came. arrived_on, late_reason: of a call that has closed, when it
    came, and why it is entered only now. Raises PermissionDenied for all but officers,
    ValidationError where the town has begun one that it can still send, it did not come in time,
    or the call is not for its country.
    """
    now = now or timezone.now()
    if not by_officer(actor, None):
        raise PermissionDenied
    type(authority).objects.select_for_update(of=("self",)).get(pk=authority.pk)
    drafts = Dossier.objects.filter(call=call, authority=authority, status=Status.DRAFT)
    if any(draft.is_in_time(now) for draft in drafts.select_related("call")):
        raise ValidationError(_("This authority has started an application itself."), code="begun")
    arrival = {}
    if not call.is_open(now):
        if not (arrived_on and late_reason):
            raise ValidationError(_("This call is not open."), code="closed")
        arrival = {"arrived_on": arrived_on.isoformat(), "note": late_reason}
    fields = {"typed_by": actor, "arrived_on": arrived_on}
    if language:
        fields |= {"language": language, "language_from": LanguageFrom.PERSON}
    dossier = new_draft(call, authority, actor=actor, now=now, **fields)
    record_event(dossier, "type_in", actor=actor, now=now, details=arrival)
    for slug, raw in raws.items():
        write_section(
            dossier, slug, raw, bind_section(slug, raw, dossier=dossier), actor=actor, now=now
        )
    return dossier


def new_draft(call, authority, *, actor, now, **fields):
    made = Dossier(
        call=call,
        authority=authority,
        created_by=actor,
        created_at=now,
        status_since=now,
        **{"language": (get_language() or "en")[:2]} | fields,
    )
    if not made.is_in_time(now):
        raise ValidationError(_("This call is not open."), code="closed")
    if not call.admits(authority):
        raise ValidationError(
            _("This call is not for authorities of %s.") % authority.country.name, code="country"
        )
    made.reference = next_reference("CN", now)
    made.save()
    return made


def calls_to_copy_to(dossier, now):
    """List the open calls to which an ended dossier, or a draft that came too late, is copied."""
    if not is_over(dossier):
        return []
    authority = dossier.authority.merged_into or dossier.authority
    return [call for call in Call.objects.open_at(now) if call.admits(authority)]


def is_over(dossier):
    """True of a dossier that has ended, and of an authority's draft whose call has closed."""
    is_late_draft = dossier.status == Status.DRAFT and dossier.is_past_its_call
    return dossier.status in FINAL or is_late_draft


def list_files_to_copy(dossier):
    """Return the files that a copy of a dossier takes along, and its letters, which it does not."""
    files = list(dossier.attachments.current())
    if dossier.status == Status.PRIVATE:  # it was never sent: its letter is for the copy
        return files, []
    letters = [file for file in files if file.kind == AttachmentKind.LETTER]
    return [file for file in files if file not in letters], letters


def list_copies(dossier, readable):
    """Return the original of a dossier, or None, and its copies: those of the readable ones."""
    original = readable.filter(pk=dossier.copied_from_id).first()
    copies = readable.filter(copied_from=dossier).select_related("copied_from").order_by("pk")
    return {"original": original, "copies": copies}


@transaction.atomic
def copy_dossier(dossier, call, *, actor, authority=None, now=None):
    """Create a dossier of this call with all of an ended one's answers, files and co-applicants.

    Where that one came to an exchange, the new one goes on from it. The declarations are made anew,
    and so is the letter of commitment of what was sent.
    Returns it, the files and the co-applicants that were not taken along, each as [(name, why)].
    A draft that is this person's alone may go to another authority of theirs. Raises
    PermissionDenied for whoever does not write for the authority, ValidationError where it
    has not ended, or a dossier of the call is begun already.
    """
    now = now or timezone.now()
    mine = Dossier.objects.filter_allowed(actor, "copy").select_related("authority")
    old = mine.filter(pk=dossier.pk).first()
    if old is None:
        raise PermissionDenied
    if not is_over(old) and old.status != Status.PRIVATE:
        raise ValidationError(_("This application has not ended yet."), code="open")
    if authority is None or old.status != Status.PRIVATE:
        authority = old.authority.merged_into or old.authority
    if draft_of(call, authority, actor).exists():
        raise ValidationError(
            _("You have already started an application for this call: resume that one."),
            code="begun",
        )
    made = begin_dossier(call, authority, actor=actor, now=now)
    made.language = old.language
    made.follows = old if old.status == Status.CLOSED else None
    made.copied_from = old
    made.save(update_fields=["language", "follows", "copied_from"])
    for draft in old.drafts.exclude(section="declarations").order_by("pk"):
        raw = draft.raw
        if made.follows and draft.section == "background":
            raw = raw | {"earlier": ["yes"], "earlier_reference": [old.reference]}
        form = bind_section(draft.section, raw, dossier=made)
        write_section(made, draft.section, raw, form, actor=actor, now=now)
    copied, letters = list_files_to_copy(old)
    words = _("A letter of commitment is for one application: add a new one.")
    skipped = [(file.name, words) for file in letters]
    for file in copied:
        with file.file.open("rb") as content:
            upload = UploadedFile(content, file.name, size=file.size)
            try:
                add_file(made, upload, file.kind, actor=actor)
            except ValidationError as refusal:  # a file that was taken before, and is no longer
                skipped.append((file.name, refusal.messages[0]))
    return made, skipped, co_applicants.copy_co_applicants(made, old, actor=actor, now=now)
