"""A copy of all that is held of a person: one file for them alone, written by a worker.

It holds the same twice, as JSON and as a page to read, and the files that are theirs. Of what
others wrote it gives what names the person where they may read it today. What the rights of others
stand against is named with the reason, never counted or looked into: the answer would tell of it.
"""

import json
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import FileField, ForeignKey
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.copy_pages import file_name, render_copy_page
from accounts.erasure import text_columns
from accounts.holdings import DEEDS_BY_LINK, HOLDINGS, MENTIONS, Person
from accounts.models import DataCopy, User
from accounts.naming import find_passages
from connect.advisory_locks import wait_for_turn
from connect.append_only import AppendOnlyTexts
from connect.exports import delete_old_files, write_files
from connect.languages import current_language
from connect.restricted import restricted_columns
from connect.schedule import every, nudge_worker
from connect.transitions import Event


@transaction.atomic
def request_copy(person, *, asked_by=None, now=None):
    """Request a copy of a person's data and ask a worker for it; a waiting request is reused."""
    address = person.user.email if person.user else min(person.addresses)
    wait_for_turn("copy", address)
    waiting = DataCopy.objects.filter(user=person.user, address=address, state="waiting").first()
    if waiting:
        return waiting
    copy = DataCopy.objects.create(
        user=person.user,
        address=address,
        asked_by=asked_by,
        asked_at=now or timezone.now(),
        language=current_language(),
    )
    nudge_worker(write_copies)
    return copy


def copies_of(person):
    """Return the copies that were made for a person and nobody else."""
    if person.user:
        return DataCopy.objects.filter(user=person.user)
    return DataCopy.objects.filter(user=None, address__in=person.addresses)


@every(seconds=30, only_workers=True)
def write_copies():
    """Write the copies that wait; return how many were written."""
    return write_files(DataCopy.objects, write_copy)


@every(hours=1, is_foreseen=False)
def delete_old_copies(now):
    """Delete the copies asked for more than a day ago."""
    return delete_old_files(DataCopy.objects, now)


def write_copy(copy):
    """Write a copy into the storage."""
    person = Person.from_user(copy.user) if copy.user else Person.from_address(copy.address)
    data = collect_data(person)
    with TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            archive.writestr("data.json", text)
            archive.writestr("index.html", render_copy_page(person, data))
            for name, stored in files_of(person):
                with archive.open(name, "w") as target, stored.open("rb") as source:
                    for chunk in File(source).chunks():
                        target.write(chunk)
        file.seek(0)
        copy.file.save(copy.name, File(file), save=False)


def collect_data(person):
    """Return all that is held of a person as plain values: the content of the JSON file."""
    return {
        "made_at": timezone.now(),
        "addresses": sorted(person.addresses),
        "names": sorted(person.marks.names),
        "held": [holding_rows(holding, person) for holding in HOLDINGS],
        "done": list_deeds(person),
        "said_by_others": list_mentions(person),
        "left_out": left_out_columns(),
        "notice": f"{settings.SITE_URL}/{get_language()}/privacy/",
    }


def holding_rows(holding, person):
    rows = holding.visible_rows(holding.rows(person).order_by("pk"))
    return {
        "what": str(holding.what),
        "table": holding.model._meta.label_lower,
        "afterwards": _("It is deleted.") if holding.deletes else str(holding.stays),
        "rows": [row_values(row, holding.columns) for row in rows],
    }


def row_values(row, columns):
    """Return a row as {column: value}: what it points to in words, a choice as it is shown."""
    values = {"id": row.pk}
    for name in columns:
        column = row._meta.get_field(name)
        value = getattr(row, name)
        if isinstance(column, ForeignKey):
            value = value and str(value)
        elif isinstance(column, FileField):
            value = file_name(row, column) if value else ""
        values[name] = value if value is None or is_plain_value(value) else str(value)
    return values


def is_plain_value(value):
    return isinstance(value, (str, int, float, bool, list, dict)) or hasattr(value, "isoformat")


def files_of(person):
    """Yield (name in the copy, file) of each file that is theirs and still there."""
    for holding in HOLDINGS:
        for name in (*holding.files, *holding.gives):
            column = holding.model._meta.get_field(name)
            if name in holding.shows:
                for row in holding.rows(person).exclude(**{name: ""}):
                    stored = getattr(row, name)
                    if stored.storage.exists(stored.name):
                        yield file_name(row, column), stored


# Columns that say what somebody did, and when.
SUMMARY_COLUMNS, WHEN = ("verb", "change_message"), ("at", "action_time", "asked_at", "saved_at")


def list_deeds(person):
    """List the rows that name them as the one who acted, and nothing else of them.

    By their account; or by a link that was theirs.
    """
    values = [
        deed_values(row, "actor")
        for deeds in DEEDS_BY_LINK
        for row in deeds.rows(person).order_by("pk")
    ]
    if person.user is None:
        return values
    for model, column in actor_columns():
        rows = model._base_manager.filter(**{column: person.user}).order_by("pk")
        values += [deed_values(row, column) for row in rows]
    return values


def actor_columns():
    """Yield (model, column) of all that names an account and is no holding: who did something."""
    held = {(holding.model, path) for holding in HOLDINGS for path in holding.user}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            is_account = isinstance(column, ForeignKey) and column.related_model is User
            if is_account and not model._meta.proxy and (model, column.name) not in held:
                yield model, column.name


def deed_values(row, column):
    """Return a row in which somebody acted, as plain values; column: the one that names them."""
    names = {one.name for one in row._meta.concrete_fields}
    return {
        "what": capfirst(str(row._meta.verbose_name)),
        "table": row._meta.label_lower,
        "id": row.pk,
        "as": column,
        "said": next((getattr(row, one) for one in SUMMARY_COLUMNS if one in names), ""),
        "at": next((getattr(row, one) for one in WHEN if one in names), None),
    }


def marks_for_copy(person):
    """Return the names and addresses by which texts of others are searched for a person.

    A name that somebody else has too is left out: the copy would hold that person's data.
    """
    return person.known_marks if person.is_alone else person.known_marks.without_names


def copied_columns(mention):
    """List the columns of which a copy gives lines: none that is restricted or for staff."""
    hidden = {field.name for model, field in restricted_columns() if model is mention.model}
    if issubclass(mention.model, AppendOnlyTexts):
        return ["details"]
    return [one for one in text_columns(mention.model) if one not in hidden | mention.hides]


def copied_value(row, field):
    """Return a column's value; for an event of a timeline, only what its page shows to all."""
    return row.details_for_all() if isinstance(row, Event) else getattr(row, field)


def list_mentions(person):
    """List the lines in which others wrote of a person, and where they are."""
    marks, reader, mentions = marks_for_copy(person), person.as_reader(), []
    for mention in MENTIONS:
        if mention.withheld:
            continue
        fields = copied_columns(mention)
        for row in mention.rows(reader).order_by("pk"):
            for field in fields:
                lines = find_passages(
                    copied_value(row, field),
                    marks,
                    key=field,
                    names=mention.names,
                    places=mention.places,
                )
                if lines:
                    label = mention.model._meta.label_lower
                    mentions.append({"table": label, "id": row.pk, "column": field, "lines": lines})
    return mentions


def left_out_columns():
    """List the columns that no copy holds, whomever they name, and why."""
    return [
        {"table": mention.model._meta.label_lower, "why": str(mention.withheld)}
        for mention in MENTIONS
        if mention.withheld
    ]
