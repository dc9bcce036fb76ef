"""A dossier in words: its answers for a reader, its tasks for a writer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import DateField, Field
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from applications.asked_files import describe_items
from applications.enums import Check, Status
from applications.models.answers import filled_values
from applications.section_answers import bind_section, check_dossier
from applications.sections import PARTS, SECTIONS
from applications.sections.after import DeclarationsSection
from connect.characters import clean_texts
from connect.currencies import CurrencyField
from connect.languages import from_left, join_names
from connect.numbers import AmountField, WholeField
from connect.pasted_values import MailboxField, TelephoneField, format_telephone
from connect.statuses import Kind
from connect.templatetags.look import amount
from connect.types import Words

STAFF_ONLY = {"excluded_countries", "exclusion_reason"}
CONTACT = {
    *("focal_name", "focal_email", "focal_phone", "legal_name", "legal_email"),
    "follow_up_person",
}


@dataclass(frozen=True)
class Task:
    """One line of the task list."""

    slug: str
    title: Words
    kind: Kind
    label: Words
    hint: str = ""


def task_list(dossier, today):
    """Return [(heading, [Task])], and how many tasks are done."""
    checked = check_dossier(dossier, today)
    drafts = {draft.section: draft for draft in dossier.drafts.all()}
    correction = dossier.open_correction() if dossier.status == "correction_asked" else None
    comments = {row["field"]: row["comment"] for row in correction.fields} if correction else {}
    answered = list_answered(dossier, comments) if comments else set()
    parts, done = [], 0
    for heading, sections in PARTS:
        tasks = []
        for section in sections:
            slug = section.slug
            asked = [key for key, _label, _names in section.questions() if key in comments]
            hint = " · ".join(comments[key] for key in asked)
            if not checked[slug].errors:
                kind, label = Kind.DONE, _("Complete")
                done += 1
            elif slug in drafts:
                kind, label = Kind.IN_PROGRESS, _("In progress")
            else:
                kind, label = Kind.TO_DO, _("Not started")
            if hint and answered.issuperset(asked) and not checked[slug].errors:
                kind, label = Kind.DONE, pgettext("a section to correct", "Answered")
            elif hint:
                kind, label = Kind.WAITING, _("Correction requested")
            tasks.append(Task(slug, section.title, kind, label, hint))
        parts.append((heading, tasks))
    return parts, done


def list_answered(dossier, asked):
    """List those of the asked questions whose answers differ from the version that was sent."""
    sent, now = dossier.versions.order_by("-number").first(), dossier.raw_answers()
    if sent is None:
        return set()
    return {
        key
        for slug, section in SECTIONS.items()
        for key, _label, names in section.questions()
        if key in asked
        and any(
            filled_values(now.get(slug, {}), name)
            != filled_values(sent.answers.get(slug, {}), name)
            for name in names
        )
    }


def first_to_do(dossier, parts):
    """Return the first task of a task list that is not done; None where all are.

    Of a correction, the first that is asked for: nothing else can be written.
    """
    tasks = [task for _heading, tasks in parts for task in tasks]
    if dossier.status == Status.CORRECTION_ASKED:
        return next((task for task in tasks if task.kind == Kind.WAITING), None)
    return next((task for task in tasks if task.kind != Kind.DONE), None)


def next_asked(dossier, slug, today):
    """Return the section to correct next after this one, itself last; None once all are."""
    parts, _done = task_list(dossier, today)
    tasks = [task for _heading, tasks in parts for task in tasks]
    here = next(place for place, task in enumerate(tasks) if task.slug == slug)
    around = [*tasks[here + 1 :], *tasks[: here + 1]]
    return next((task.slug for task in around if task.kind == Kind.WAITING), None)


DECLARED = frozenset(DeclarationsSection.base_fields)


def list_answers(dossier, raws=None, *, hidden=frozenset(), signer=""):
    """Return [(section, [(label, words)])]: what was typed, with choices in the reader's words.

    signer: the person who declares what was ticked by signing this text; "" if nobody is to
    sign.
    """
    read = read_sections(dossier, raws, hidden=hidden)
    if signer:
        declares = _("Ticked by those who wrote it; %(name)s declares it by signing.")
        for _section, rows in read:
            for name in rows.keys() & DECLARED:
                rows[name] = (rows[name][0], declares % {"name": signer})
    return [(section, list(rows.values())) for section, rows in read]


def read_sections(dossier, raws=None, *, hidden=frozenset()):
    """Return [(section, {field: (label, words)})]: as `list_answers`, by field."""
    if raws is None:
        raws = dossier.raw_answers()
    read = []
    for slug, section in SECTIONS.items():
        form = bind_section(slug, raws.get(slug, {}), dossier=dossier)
        rows = {}
        for name, field in form.fields.items():
            typed = typed_answer(form, name)
            if typed and name not in hidden:
                rows[name] = (field.label, describe_value(field, typed))
        read.append((section, rows))
    return read


def typed_answer(form, name):
    """Return what was typed in a field of a bound section; nothing of a row that was not begun."""
    rows = form.rows.get(name)
    if rows and not rows.has_input(form.data, int(name.rsplit("_", 1)[1])):
        return []  # it may have a level or a currency from the start
    return [value for value in form.data.getlist(name) if value.strip()]


def list_differences(dossier, slug, mine, theirs):
    """Return [{name, label, mine, theirs}] of the answers that differ between two raw sections."""
    rows = []
    # One of them may be older than the normal form of texts.
    forms = [bind_section(slug, clean_texts(raw), dossier=dossier) for raw in (mine, theirs)]
    for name, field in forms[0].fields.items():
        sides = [typed_answer(form, name) for form in forms]
        texts = [describe_value(field, typed) if typed else "" for typed in sides]
        if texts[0] != texts[1]:
            rows.append({"name": name, "label": field.label, "mine": texts[0], "theirs": texts[1]})
    return rows


def describe_checklist(dossier):
    """List (line, whether it was ticked) once the check is over; nothing where none was."""
    if dossier.status == Status.ELIGIBILITY_CHECK or not dossier.checklist:
        return []
    return [(label, code in dossier.checklist) for code, label in Check.choices]


def list_corrections(dossier):
    """Return [(correction, [(question, comment)])] of all that was ever asked for."""
    corrections = dossier.corrections.all()
    return [(one, describe_items(dossier, one.fields)) for one in corrections]


def list_changes(dossier):
    """Return [(section, rows of `differences`)] between the last two versions that were sent."""
    sent = list(dossier.versions.order_by("-number")[:2])
    if len(sent) < 2:
        return []
    new, old = sent[0].answers, sent[1].answers
    compared = [
        (section, list_differences(dossier, slug, new.get(slug, {}), old.get(slug, {})))
        for slug, section in SECTIONS.items()
    ]
    return [(section, rows) for section, rows in compared if rows]


# What is shown as it was understood: a writer sees a number that was meant otherwise.
AS_READ: dict[type[Field], Callable[[Any], str]] = {
    DateField: date_format,
    AmountField: amount,
    WholeField: amount,
    CurrencyField: str,
    MailboxField: str,
    TelephoneField: lambda number: from_left(format_telephone(number)),
}


def read_value(field, typed):
    """Describe a value as it is read; as it was typed where it cannot be read."""
    for kind, put in AS_READ.items():
        if isinstance(field, kind):
            try:
                return put(field.to_python(typed))
            except ValidationError:
                return typed
    return typed


def describe_value(field, typed):
    """Describe typed values: labels of choices, yes for a ticked box."""
    choices: dict[str, Words] = {}
    for value, label in getattr(field, "choices", []):
        if isinstance(label, list | tuple):
            choices |= dict(label)
        else:
            choices[value] = label
    if not choices and typed == ["on"]:
        return _("Yes")
    return join_names(str(choices.get(value, read_value(field, value))) for value in typed)
