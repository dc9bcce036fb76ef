"""Writing a dossier: begun, saved section by section, files added, then sent.

What was typed is kept as it was typed, with a version a section; what is valid is also
parsed into the dossier's columns. Two people on one section: the second is told, and what
they typed is kept aside.
"""

import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from applications import co_applicants
from applications.enums import FINAL, AttachmentKind, Status
from applications.models import Attachment, Call, Dossier, SectionAside, SectionDraft
from applications.models.answers import filled
from applications.people import reader_of
from applications.sections import SECTIONS, SectionForm, unlocked
from connect.double_posts import AGAIN
from connect.files import clean_name
from connect.references import next_reference
from connect.transitions import by_officer, record_event
from connect.uploads import clean_upload
from notifications import limits
from notifications.outbox import post

MOST_FILES = 10
ALL_FILES = 50 * 1024 * 1024
LARGEST_SECTION = 50_000  # characters of all its answers: ten times the longest that is valid
MOST_ASIDES = 20  # texts put aside of one section; the oldest goes
TOO_LONG = gettext_lazy("A section cannot hold so much, and this is not saved: shorten it first.")


@transaction.atomic
def begin(call, authority, *, actor, now=None):
    """Give the authority's open draft for this call, or a new one.

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
    limits.count("begin", by=actor, now=now)
    if not authority.has_author(actor):
        return new_draft(call, authority, actor=actor, now=now, status=Status.PRIVATE)
    dossier = new_draft(call, authority, actor=actor, now=now)
    record_event(dossier, "begin", actor=actor, now=now)
    return dossier


def draft_of(call, authority, actor):
    """Give the draft of a call in which this person would write for an authority, if there is one.

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
def type_in(call, authority, raws, *, actor, now=None):
    """Begin a dossier for a town that sent its answers on paper; `raws` {section: {field: values}}.

    It says who typed it in, and is sent only once the legal representative has signed it by a
    link. Raises PermissionDenied for all but officers, ValidationError where the town has begun
    one for this call, or the call is closed or not for its country.
    """
    now = now or timezone.now()
    if not by_officer(actor, None):
        raise PermissionDenied
    type(authority).objects.select_for_update(of=("self",)).get(pk=authority.pk)
    if Dossier.objects.filter(call=call, authority=authority, status=Status.DRAFT).exists():
        raise ValidationError(_("This authority has begun a dossier itself."), code="begun")
    dossier = new_draft(call, authority, actor=actor, now=now, typed_by=actor)
    record_event(dossier, "type_in", actor=actor, now=now)
    for slug, raw in raws.items():
        write(dossier, slug, raw, bound(slug, raw, dossier=dossier), actor=actor, now=now)
    return dossier


def new_draft(call, authority, *, actor, now, **fields):
    if not call.is_open(now):
        raise ValidationError(_("This call is not open."), code="closed")
    if not call.admits(authority):
        raise ValidationError(
            _("This call is not for authorities of %s.") % authority.country.name, code="country"
        )
    return Dossier.objects.create(
        reference=next_reference("CN", now.year),
        call=call,
        authority=authority,
        created_by=actor,
        created_at=now,
        status_since=now,
        language=(get_language() or "en")[:2],
        **fields,
    )


def calls_for(dossier, now):
    """List the open calls to which an ended dossier may be taken along."""
    if dossier.status not in FINAL:
        return []
    return [call for call in Call.objects.open_at(now) if call.admits(dossier.authority)]


@transaction.atomic
def copy(dossier, call, *, actor, authority=None, now=None):
    """Begin a dossier of this call with all that one which ended says, its files and co-applicants.

    Where that one came to an exchange, the new one goes on from it. The declarations are made anew.
    Returns it with the co-applicants that were not asked again, [(name, why)].
    A draft that is this person's alone may go to another authority of theirs. Raises
    PermissionDenied for whoever does not write for the authority, ValidationError where it
    has not ended, or a dossier of the call is begun already.
    """
    now = now or timezone.now()
    mine = Dossier.objects.allowing(actor, "copy").select_related("authority")
    old = mine.filter(pk=dossier.pk).first()
    if old is None:
        raise PermissionDenied
    if old.status not in FINAL | {Status.PRIVATE}:
        raise ValidationError(_("This dossier has not ended yet."), code="open")
    if authority is None or old.status != Status.PRIVATE:
        authority = old.authority
    if draft_of(call, authority, actor).exists():
        raise ValidationError(
            _("You have begun a dossier for this call already: go on with that one."), code="begun"
        )
    made = begin(call, authority, actor=actor, now=now)
    made.language = old.language
    made.follows = old if old.status == Status.CLOSED else None
    made.save(update_fields=["language", "follows"])
    for draft in old.drafts.exclude(section="declarations").order_by("pk"):
        form = bound(draft.section, draft.raw, dossier=made)
        write(made, draft.section, draft.raw, form, actor=actor, now=now)
    for file in old.attachments.all():
        with file.file.open("rb") as content:
            add_file(made, UploadedFile(content, file.name, size=file.size), file.kind, actor=actor)
    return made, co_applicants.name_again(made, old, actor=actor, now=now)


def bound(section, raw, **options):
    """Bind a section's form to raw answers: {field: [values]}."""
    data = QueryDict(mutable=True)
    for name, values in raw.items():
        data.setlist(name, values)
    return SECTIONS[section](data, **options)


@dataclass(frozen=True)
class Saved:
    """What became of a save: the form with its errors, the version now in force, the time.

    `theirs` is what a colleague had saved meanwhile; then nothing of it was overwritten. `merged`:
    both had changed other answers, and all of them are kept.
    """

    form: SectionForm
    version: int
    at: object
    theirs: SectionDraft | None = None
    is_kept: bool = True  # false for more than a section may hold
    aside: SectionAside | None = None  # what this person typed, kept beside it
    merged: bool = False


@transaction.atomic
def save_section(dossier, section, data, *, version, actor, now=None, joins=False):
    """Keep what was typed; return `Saved`.

    `version` is the one the person began from. With `joins`, answers that only one of two people
    touched since are kept without a question: for a page that is then shown anew. Where a
    correction was asked, only the fields asked for change. Raises PermissionDenied if this person
    may not write here now.
    """
    now = now or timezone.now()
    locked = Dossier.objects.editable_by(actor).select_for_update(of=("self",))
    dossier = locked.select_related("call", "authority").filter(pk=dossier.pk).first()
    if dossier is None:
        raise PermissionDenied
    raw = SECTIONS[section].raw(data)
    draft = dossier.drafts.filter(section=section).first()
    if dossier.status == Status.CORRECTION_ASKED:
        # A box no longer ticked is not posted at all: what was asked for and is absent is empty.
        asked = unlocked(dossier.open_correction()) & set(SECTIONS[section].base_fields)
        raw = (draft.raw if draft else {}) | {name: raw.get(name, []) for name in asked}
    form = bound(section, raw, dossier=dossier)
    if sum(len(value) for values in raw.values() for value in values) > LARGEST_SECTION:
        form.is_valid()
        form.add_error(None, ValidationError(TOO_LONG, code="too_long"))
        return Saved(form, draft.version if draft else 0, now, is_kept=False)
    merged = False
    if joins and draft and draft.version != version and draft.raw != raw:
        whole, raw = merge(SECTIONS[section], draft.at(version), raw, draft.raw)
        merged = whole != draft.raw
        if merged:
            form = bound(section, whole, dossier=dossier)
            write(dossier, section, whole, form, actor=actor, now=now)
            draft.raw, draft.version = whole, draft.version + 1
        if raw == whole:
            return Saved(bound(section, whole, dossier=dossier), draft.version, now, merged=True)
    if draft and draft.version != version and draft.raw != raw:
        aside, _made = SectionAside.objects.get_or_create(
            dossier=dossier, section=section, raw=raw, saved_by=actor, defaults={"saved_at": now}
        )
        older = dossier.asides.filter(section=section).values("pk")[MOST_ASIDES:]
        dossier.asides.filter(pk__in=older).delete()
        return Saved(form, draft.version, now, theirs=draft, aside=aside, merged=merged)
    if draft and draft.raw == raw:
        return Saved(form, draft.version, now)
    write(dossier, section, raw, form, actor=actor, now=now)
    return Saved(form, (draft.version if draft else 0) + 1, now)


def merge(section, before, mine, theirs):
    """Join two texts that grew from one: (what both agree on, the same with my side of the rest).

    A question is one whole with all its rows. Untouched by one of the two, it is as the other has
    it; touched by both, or not remembered as it was, it is theirs in the first and mine in the
    second. `before` is None where nothing is remembered of it.
    """
    agreed, own = dict(theirs), dict(theirs)
    for _key, _label, names in section.questions():
        known = before is not None and all(name in before or name not in theirs for name in names)
        old, mine_is, theirs_is = (
            [filled(raw, name) for name in names] for raw in (before or {}, mine, theirs)
        )
        if mine_is in (theirs_is, old) and (known or mine_is == theirs_is):
            continue
        sides = [agreed, own] if known and theirs_is == old else [own]
        for side in sides:
            for name in names:
                side.pop(name, None)
                if name in mine:
                    side[name] = mine[name]
    return agreed, own


def join_texts(dossier, section, aside_pk, mine, *, version, actor, now=None):
    """Save a section with the answers named in `mine` from what this person typed aside.

    All other answers stay as a colleague saved them. Returns `Saved`, with `theirs` again if
    they have changed since `version`; raises PermissionDenied where the aside is not theirs.
    """
    aside = dossier.asides.filter(pk=aside_pk, section=section, saved_by=actor).first()
    draft = dossier.drafts.filter(section=section).first()
    if aside is None or draft is None:
        raise PermissionDenied
    kept = {
        name: aside.raw if name in mine else draft.raw for name in SECTIONS[section].base_fields
    }
    data = QueryDict(mutable=True)
    for name, raw in kept.items():
        if name in raw:
            data.setlist(name, raw[name])
    return save_section(dossier, section, data, version=version, actor=actor, now=now)


def write(dossier, section, raw, form, *, actor, now):
    draft, _made = SectionDraft.objects.get_or_create(
        dossier=dossier, section=section, defaults={"saved_at": now}
    )
    draft.remember(raw)
    draft.raw, draft.version = raw, draft.version + 1
    draft.saved_at, draft.saved_by = now, actor
    draft.save()
    form.is_valid()
    columns = form.apply(dossier)
    if columns:
        dossier.save(update_fields=columns)


def check(dossier, today):
    """Return {section: form} as a submission would read it; a form without errors is there too."""
    drafts = dossier.raw_answers()
    checked = {}
    for slug in SECTIONS:
        form = bound(slug, drafts.get(slug, {}), complete=True, dossier=dossier, today=today)
        form.is_valid()
        form.look_twice()
        checked[slug] = form
    return checked


def has_changed(dossier):
    """True where an answer differs from the version that was sent last."""
    sent = dossier.versions.order_by("-number").first()
    return sent is None or dossier.raw_answers() != sent.answers


def problems(checked):
    """List (section, field, label, message) of all that forms from `check` lack or have wrong."""
    found = []
    for slug, form in checked.items():
        for name, messages in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            found += [(slug, name, label, message) for message in messages]
    return found


def warnings(checked):
    """List (section, field, label, message) of what looks odd in forms that `check` gave."""
    return [
        (slug, name, form.fields[name].label, message)
        for slug, form in checked.items()
        for name, message in form.warnings
    ]


def add_file(dossier, upload, kind, *, actor, now=None):
    """Keep a file with the dossier once all its bytes are there and looked at; return it.

    Raises ValidationError with what to do for a file that is too large, empty, infected, or not
    what its type says; PermissionDenied if this person may not write here now.
    """
    may_add_files(Dossier.objects, dossier, actor)
    upload, content_type = clean_upload(upload)  # before any lock: a scanner may take its time
    return keep_file(dossier, upload, kind, content_type, actor=actor, now=now)


def may_add_files(dossiers, dossier, actor):
    """Return the dossier for somebody who may add files now; PermissionDenied for others."""
    found = dossiers.allowing(actor, "add a file").filter(pk=dossier.pk).first()
    if found is None:
        raise PermissionDenied
    return found


@transaction.atomic
def keep_file(dossier, upload, kind, content_type, *, actor, now):
    dossier = may_add_files(Dossier.objects.select_for_update(of=("self",)), dossier, actor)
    name = clean_name(upload.name, content_type)
    if twice := sent_already(dossier, upload, name, actor, now or timezone.now()):
        return twice
    if dossier.attachments.count() >= MOST_FILES:
        raise ValidationError(_("Ten files at most: remove one first."), code="too_many")
    kept = dossier.attachments.aggregate(total=Sum("size"))["total"] or 0
    if kept + upload.size > ALL_FILES:
        raise ValidationError(_("50 MB in all at most: remove a file first."), code="too_much")
    return Attachment.objects.create(
        dossier=dossier,
        kind=kind if kind in AttachmentKind.values else AttachmentKind.OTHER,
        token=uuid.uuid4(),
        file=upload,
        name=name,
        size=upload.size,
        content_type=content_type,
        uploaded_at=now or timezone.now(),
        uploaded_by=actor,
    )


def sent_already(dossier, upload, name, actor, now):
    """Find the same file of a moment ago: one press of the button that came twice."""
    recent = dossier.attachments.filter(uploaded_by=actor, uploaded_at__gt=now - AGAIN)
    for one in recent.filter(name=name, size=upload.size):
        upload.seek(0)
        with one.file.open("rb") as stored:
            is_same = stored.read() == upload.read()
        upload.seek(0)
        if is_same:
            return one
    return None


@transaction.atomic
def change_file(attachment, kind, *, actor):
    """Say that a file is of another kind; whoever may add files may."""
    may_add_files(Dossier.objects, attachment.dossier, actor)
    if kind not in AttachmentKind.values:
        raise ValidationError(_("Choose what the file is."), code="kind")
    attachment.kind = kind
    attachment.save(update_fields=["kind"])


@transaction.atomic
def remove_file(attachment, *, actor):
    """Take a file away from a dossier that is still being written."""
    if not Dossier.objects.editable_by(actor).filter(pk=attachment.dossier_id).exists():
        raise PermissionDenied
    attachment.delete()
    # The bytes go only once the row is gone for good.
    transaction.on_commit(lambda: attachment.file.delete(save=False))


@transaction.atomic
def approve_summary(dossier, *, actor, now=None):
    """Agree, for the applicant, that the public summary is published."""
    mine = Dossier.objects.allowing(actor, "approve")
    changed = mine.filter(pk=dossier.pk, summary_approved_at=None)
    if not changed.update(summary_approved_at=now or timezone.now()):
        raise PermissionDenied


@transaction.atomic
def become_contact(dossier, *, actor, now=None):
    """Make this person the one whom letters about a dossier go to; the one before is told.

    For a dossier that was sent, when somebody leaves. Raises PermissionDenied for whoever does
    not write for the authority, and once the dossier has ended.
    """
    now = now or timezone.now()
    mine = Dossier.objects.allowing(actor, "become contact").select_for_update(of=("self",))
    dossier = mine.select_related("authority").filter(pk=dossier.pk).first()
    if dossier is None:
        raise PermissionDenied
    if dossier.focal_email.lower() == actor.email:
        return dossier
    language = dossier.focal_language or dossier.language
    before = reader_of(dossier, dossier.focal_email, dossier.focal_name, language)
    place = dossier.authority.memberships.active().filter(user=actor).first()
    dossier.focal_name, dossier.focal_email = actor.name, actor.email
    dossier.focal_function, dossier.focal_language = place.function, actor.language
    dossier.focal_phone = actor.phone
    dossier.save(
        update_fields=[
            "focal_name",
            "focal_email",
            "focal_function",
            "focal_language",
            "focal_phone",
        ]
    )
    limits.count("take_contact", by=actor, to=before.address, about=dossier, now=now)
    event = record_event(dossier, "take_contact", actor=actor, now=now)
    post(
        "dossier_take_contact",
        key=f"dossier-event:{event.pk}",
        to=[before] if before.address else [],
        path=dossier.path,
        reference=dossier.reference,
        title=dossier.heading,
        person=actor.name,
    )
    return dossier
