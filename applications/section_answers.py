"""What is answered in a dossier, saved section by section and checked before it is sent.

What was typed is kept as it was typed, with a version a section; what is valid is also
parsed into the dossier's columns. Two people on one section: the second is told, and what
they typed is kept aside.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from applications.enums import Status
from applications.locking import lock_dossier
from applications.models import SectionAside, SectionDraft
from applications.models.answers import filled_values
from applications.sections import SECTIONS, SectionForm, unlocked_fields
from applications.signature import notify_of_lost_signature

LARGEST_SECTION = 50_000  # characters of all its answers: ten times the longest that is valid
MOST_ASIDES = 20  # texts of one person put aside of one section; their oldest goes
TOO_LONG = gettext_lazy("This section is too long, and has not been saved: shorten it first.")


def bind_section(section, raw, **options):
    """Bind a section's form to raw answers: {field: [values]}."""
    data = QueryDict(mutable=True)
    for name, values in raw.items():
        data.setlist(name, values)
    return SECTIONS[section](data, **options)


@dataclass(frozen=True)
class SaveResult:
    """The result of a save: the form with its errors, the current version, the time.

    `theirs` is what a colleague had saved meanwhile; then nothing of it was overwritten. `merged`:
    both had changed other answers, and all of them are kept.
    """

    form: SectionForm
    version: int
    saved_at: object
    theirs: SectionDraft | None = None
    is_kept: bool = True  # false for more than a section may hold
    aside: SectionAside | None = None  # what this person typed, kept beside it
    merged: bool = False
    touched: frozenset[str] = frozenset()  # the answers of `aside` that this person changed


@transaction.atomic
def save_section(dossier, section, data, *, version, actor, now=None, joins=False):
    """Save what was typed; return a SaveResult.

    `version` is the one the person began from. With `joins`, answers that only one of two people
    touched since are kept without a question: for a page that is then shown anew. Where a
    correction was asked, only the fields asked for change. Raises PermissionDenied if this person
    may not write here now.
    """
    now = now or timezone.now()
    dossier = lock_dossier(dossier, "fill in", actor)
    raw = SECTIONS[section].read_raw_answers(data)
    draft = dossier.drafts.filter(section=section).first()
    if dossier.status == Status.CORRECTION_ASKED:
        # An unticked box is not posted: a field of the form that is absent is empty.
        asked = unlocked_fields(dossier.open_correction()) & set(SECTIONS[section].base_fields)
        raw = (draft.raw if draft else {}) | {name: raw.get(name, []) for name in asked}
    form = bind_section(section, raw, dossier=dossier)
    if sum(len(value) for values in raw.values() for value in values) > LARGEST_SECTION:
        form.is_valid()
        form.add_error(None, ValidationError(TOO_LONG, code="too_long"))
        return SaveResult(form, draft.version if draft else 0, now, is_kept=False)
    merged = False
    before = draft.answers_at(version) if draft and draft.version != version else None
    if joins and draft and draft.version != version and draft.raw != raw:
        whole, raw = merge_texts(SECTIONS[section], before, raw, draft.raw)
        merged = whole != draft.raw
        if merged:
            form = bind_section(section, whole, dossier=dossier)
            write_section(dossier, section, whole, form, actor=actor, now=now)
            draft.raw, draft.version = whole, draft.version + 1
        if raw == whole:
            return SaveResult(
                bind_section(section, whole, dossier=dossier), draft.version, now, merged=True
            )
    if draft and draft.version != version and draft.raw != raw:
        aside, _made = SectionAside.objects.get_or_create(
            dossier=dossier, section=section, raw=raw, saved_by=actor, defaults={"saved_at": now}
        )
        own = dossier.asides.filter(section=section, saved_by=actor)
        older = own.values("pk")[MOST_ASIDES:]
        dossier.asides.filter(pk__in=older).delete()
        return SaveResult(
            form,
            draft.version,
            now,
            theirs=draft,
            aside=aside,
            merged=merged,
            touched=touched_answers(SECTIONS[section], before, raw, draft.raw),
        )
    if draft and draft.raw == raw:
        return SaveResult(form, draft.version, now)
    write_section(dossier, section, raw, form, actor=actor, now=now)
    return SaveResult(form, (draft.version if draft else 0) + 1, now)


def merge_texts(section, before, mine, theirs):
    """Merge two texts with a common origin: (what both agree on, the same with my other changes).

    Untouched by one of the two, an answer is as the other has it; touched by both, or not
    remembered as it was, it is theirs in the first and mine in the second. `before` is None where
    nothing is remembered of it.
    """
    agreed, own = dict(theirs), dict(theirs)
    for _key, _label, asked in section.questions():
        for names in parts_of_question(section, asked, before or {}, mine, theirs):
            known = all(is_remembered(before, theirs, name) for name in names)
            old, mine_is, theirs_is = (
                [filled_values(raw, name) for name in names] for raw in (before or {}, mine, theirs)
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


def parts_of_question(section, names, *texts):
    """Return the names of what is merged by itself: a question, or each of its rows.

    Where a row came, went or moved, nobody knows which is which: then it is all rows together.
    `texts` begin with that from which the others come.
    """
    if names[0] not in section.rows:
        return [names]
    rows: dict[str, list[str]] = {}
    for name in names:
        rows.setdefault(name.rsplit("_", 1)[1], []).append(name)
    before, *later = (
        {number: [filled_values(raw, name) for name in row] for number, row in rows.items()}
        for raw in texts
    )
    for text in later:
        for number, row in text.items():
            others = [old for at, old in before.items() if at != number and any(old)]
            if any(row) != any(before[number]) or (row != before[number] and row in others):
                return [names]
    return list(rows.values())


def touched_answers(section, before, mine, theirs):
    """Return the names of the answers that my text is known to have changed.

    Of rows that are merged together it is all or none: two texts of one row are no row.
    """
    touched: set[str] = set()
    for _key, _label, asked in section.questions():
        parts = parts_of_question(section, asked, before or {}, mine, theirs)
        for names in parts:
            changed = {name for name in names if is_touched(before, mine, theirs, name)}
            together = names[0] in section.rows and len(parts) == 1
            touched.update(names if changed and together else changed)
    return frozenset(touched)


def is_remembered(before, theirs, name):
    """True if it is known how an answer was, of which `theirs` is a later text."""
    return before is not None and (name in before or name not in theirs)


def is_touched(before, mine, theirs, name):
    """True if my text is known to have changed an answer."""
    changed = filled_values(mine, name) != filled_values(before or {}, name)
    return is_remembered(before, theirs, name) and changed


def join_texts(dossier, section, aside_pk, mine, *, version, actor, now=None):
    """Save a section with the chosen answers (`mine`) taken from what this person typed aside.

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


def write_section(dossier, section, raw, form, *, actor, now):
    """Write a section; who else writes the dossier is told where that ends a signature."""
    was_signed = dossier.is_signed()
    draft, _made = SectionDraft.objects.get_or_create(
        dossier=dossier, section=section, defaults={"saved_at": now}
    )
    draft.remember(raw)
    draft.raw, draft.version = raw, draft.version + 1
    draft.saved_at, draft.saved_by = now, actor
    draft.save()
    form.is_valid()
    columns = form.apply(dossier)
    if section == "contact" and dossier.status == Status.CORRECTION_ASKED:
        # Contact and representative may be others than those who were typed here once.
        asked = unlocked_fields(dossier.open_correction())
        columns = [one for one in columns if one in asked]
    if columns:
        dossier.save(update_fields=columns)
    if was_signed and not dossier.is_signed():
        notify_of_lost_signature(dossier, actor=actor, now=now)


def check_dossier(dossier, today):
    """Return {section: form} as a submission would read it; a form without errors is there too.

    A day that is over meanwhile holds no correction up that does not ask for it.
    """
    drafts = dossier.raw_answers()
    is_corrected = dossier.status == Status.CORRECTION_ASKED
    correction = dossier.open_correction() if is_corrected else None
    asked = unlocked_fields(correction) if correction else None
    options = {"complete": True, "dossier": dossier, "today": today, "asked": asked}
    checked = {}
    for slug in SECTIONS:
        form = bind_section(slug, drafts.get(slug, {}), **options)
        form.is_valid()
        form.collect_warnings()
        checked[slug] = form
    return checked


def has_changed_since_sent(dossier):
    """True if an answer differs from the version that was sent last."""
    sent = dossier.versions.order_by("-number").first()
    return sent is None or dossier.raw_answers() != sent.answers


def list_problems(checked):
    """List (section, field, label, message) of all that forms from `check` lack or have wrong."""
    problems = []
    for slug, form in checked.items():
        for name, messages in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            problems += [(slug, name, label, message) for message in messages]
    return problems


def group_problems(checked):
    """Return what keeps a dossier from being sent: (what is wrong, what is missing).

    Each is {section: [(field, label, message)]}; an answer that nobody has given yet is missing,
    and its message empty where it says only that.
    """
    wrong: dict[str, list[Any]] = {}
    missing: dict[str, list[Any]] = {}
    for slug, name, label, message in list_problems(checked):
        field = checked[slug].fields.get(name)
        is_given = field is None or filled_values(dict(checked[slug].data.lists()), name)
        group = wrong if is_given else missing
        if field and message == field.error_messages.get("required"):
            message = ""  # the list says it of all
        group.setdefault(slug, []).append((name, label, message))
    return wrong, missing


def problems_for_signer(checked):
    """List what lacks or is wrong except for the signature itself, which the reader gives."""
    return [one for one in list_problems(checked) if one[1] != "letter_to_follow"]


def list_warnings(checked):
    """List (section, field, label, message) of what looks odd in forms that `check` gave."""
    return [
        (slug, name, form.fields[name].label, message)
        for slug, form in checked.items()
        for name, message in form.warnings
    ]
