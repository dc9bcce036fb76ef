"""How a person is erased: by what each app declares of its tables, in letters and in the log.

Rows stay, nameless, so that what is counted stays true. Each erasure leaves a line in the
journal, which is replayed after a restore (`journal`).
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, JSONField, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts import journal
from accounts.holdings import HOLDINGS, MENTIONS
from accounts.models import DataRequest, User
from accounts.naming import NAMELESS, NAMES, PLACES, remove_from_text, remove_marks_from
from connect.append_only import AppendOnlyTexts, blank_texts
from connect.schedule import nudge_worker
from connect.translating import delete_stale_translations
from notifications.letter_text import compose_letter
from notifications.models import Letter, row_kind

BATCH = 500


@dataclass(frozen=True)
class HoldingFate:
    """What a table holds of a person, and what becomes of it."""

    what: Any
    count: int
    deletes: bool
    stays: Any


def list_fates(person):
    """List what is held of a person and what an erasure would do; nothing is changed."""
    fates = [
        HoldingFate(holding.what, holding.rows(person).count(), holding.deletes, holding.stays)
        for holding in HOLDINGS
    ]
    return [fate for fate in fates if fate.count]


def is_held(person):
    """True if anything is held of a person."""
    holdings = (
        line for line in HOLDINGS if line.model is not DataRequest
    )  # that they ask, no more
    return person.user is not None or any(line.rows(person).exists() for line in holdings)


@transaction.atomic
def erase_person(person, *, why, actor=None, now=None, again=False):
    """Take a person's name, addresses and words out of every table, and write it in the journal.

    again: they are in the journal already, and a restore brought them back.
    """
    now = now or timezone.now()
    user = person.user and User.objects.select_for_update(of=("self",)).get(pk=person.user.pk)
    if not again:
        journal.record_erasure(person, why=why, actor=actor, now=now)
    # All is found before anything is blanked: by then nothing would be found by a name any more.
    held = [
        (holding, list(holding.rows(person).values_list("pk", flat=True))) for holding in HOLDINGS
    ]
    named = [
        (mention, list(mention.rows(person).values_list("pk", flat=True))) for mention in MENTIONS
    ]
    marks = replace(person.known_marks, others=person.namesake_addresses)
    letters, entries = list(letters_naming(person)), log_of(person, held)
    unclear = [ambiguous_keys(mention, keys, person) for mention, keys in named]
    for holding, keys in held:
        end_holding(holding, keys, person)
    for (mention, keys), either in zip(named, unclear):
        rows = mention.model._base_manager.filter(pk__in=set(keys) - either)
        changed = remove_marks(rows, marks, mention.names, mention.places)
        rows = mention.model._base_manager.filter(pk__in=either)
        changed += remove_marks(rows, marks.without_names, mention.names, mention.places)
        if changed and mention.after:
            mention.after(changed, person)
    blank_letters(letters, marks)
    blank_log(entries, marks)
    for holding, keys in held:
        if keys and holding.after:
            holding.after(keys, person)
    if user:
        blank_account(user, person.replacement)
    nudge_worker(delete_stale_translations)  # of what they wrote, and of what named them


def ambiguous_keys(mention, keys, person):
    """Return those of the keys whose rows may mean somebody else of the same name."""
    ambiguous: set = set()
    for other in person.namesakes:
        ambiguous.update(mention.rows(other).filter(pk__in=keys).values_list("pk", flat=True))
    return ambiguous


def replay_erasures(now):
    """Erase again everybody whom a restored backup brought back; return how many were erased."""
    count = 0
    # Addresses after accounts: those of an account have gone with it by then.
    for back in (journal.returned_accounts, journal.returned_addresses):
        for line, person in back():
            erase_person(person, why=line.why, now=now, again=True)
            count += 1
    return count


def end_holding(holding, keys, person):
    if not keys:
        return
    rows = holding.model._base_manager.filter(pk__in=keys)
    if holding.before:
        holding.before(rows, person)
    for column in holding.files:
        for row in rows.exclude(**{column: ""}):
            transaction.on_commit(partial(getattr(row, column).delete, save=False), robust=True)
    if holding.deletes:
        rows.delete()
        return
    own = {column.name for column in holding.model._meta.concrete_fields}
    blanks = dict.fromkeys(own.intersection(holding.name), NAMELESS)
    blanks |= dict.fromkeys(own.intersection(holding.address), person.replacement)
    blanks |= dict.fromkeys(own.intersection([*holding.number, *holding.files]), "")
    blanks |= {
        column: value(person) if callable(value) else value
        for column, value in holding.blanks.items()
    }
    if blanks:
        rows.update(**blanks)


def text_columns(model):
    typed = CharField, TextField, JSONField
    columns = [one for one in model._meta.concrete_fields if isinstance(one, typed)]
    return [one.attname for one in columns if one.editable]  # a secret is nobody's to read


def remove_marks(rows, marks, names=NAMES, places=PLACES):
    """Remove the marks of a person from typed texts; return the keys of the changed rows.

    In a timeline a whole text goes: the database lets nothing be written in its place.
    """
    fields, changed = text_columns(rows.model), []

    def new_values(row):
        before = {field: getattr(row, field) for field in fields}
        if isinstance(row, AppendOnlyTexts):
            before = row.details
        after = remove_marks_from(before, marks, names=names, places=places)
        return {name: value for name, value in after.items() if value != before[name]}

    for named in rows.only(*fields).order_by("pk").iterator(BATCH):
        if not new_values(named):
            continue
        # Read again, locked: somebody may have written in it, or moved it on, since.
        row = rows.select_for_update(of=("self",)).only(*fields).filter(pk=named.pk).first()
        values = new_values(row) if row else {}
        if values and isinstance(row, AppendOnlyTexts):
            blank_texts(row, values)
        elif values:
            rows.model._base_manager.filter(pk=row.pk).update(**values)
        if values:
            changed.append(row.pk)
    return changed


# Letters


def letters_tied_to(person):
    """Return the letters about the person's own things and those of their towns and exchanges.

    A letter knows the row that it concerns, and its facts hold a reference. One that stands for
    others, or tells that one came back, concerns a letter.
    """
    keys, references = defaultdict(set), set()
    mentions = [mention for mention in MENTIONS if mention.model is not Letter]
    for line in (*HOLDINGS, *mentions):
        keys[line.model].update(line.rows(person).values_list("pk", flat=True))
    for mention in mentions:
        if "reference" in {column.name for column in mention.model._meta.concrete_fields}:
            references.update(mention.rows(person).values_list("reference", flat=True))
    tied = Q(context__reference__in=sorted(references))
    tied |= Q(context__references__has_any_keys=sorted(references))
    for model, some in keys.items():
        tied |= Q(concerned_model=row_kind(model), concerned_pk__in=sorted(some))
    letters = Letter.objects.filter(tied).values("pk")
    return tied | Q(concerned_model=row_kind(Letter), concerned_pk__in=letters)


def letters_naming(person):
    """Return the letters to others that name a person.

    Where somebody else bears the same name, those about their own things alone.
    """
    marks, mentions = person.known_marks, Q(pk__in=[])
    for word in (*marks.names, *marks.addresses):
        mentions |= Q(held__icontains=word) | Q(subject__icontains=word) | Q(body__icontains=word)
    theirs = Q(address__in=[*person.addresses, person.replacement])
    letters = Letter.objects.annotate(held=Cast("context", TextField())).filter(mentions)
    return (letters if person.is_alone else letters.filter(letters_tied_to(person))).exclude(theirs)


def blank_letters(letters, marks):
    """Remove the marks from letters to others; the letters stay, since they are counted."""
    for letter in letters:
        context = remove_marks_from(letter.context, marks)
        facts = [one for one in letter.context.values() if isinstance(one, str)]
        of_them = {one for one in facts if marks.replacement_of(one, of_name=True) is not None}
        others = [one for one in facts if one not in of_them]
        is_theirs = context != letter.context
        if is_theirs and of_them.intersection(letter.context.get(key) for key in PLACES):
            # A place has the same name: the sentence is written again without the person's name.
            letter.context = context
            letter.subject, letter.body = compose_letter(letter) if letter.body else ("", "")
        else:
            letter.context = context
            letter.subject, letter.body = (
                remove_from_text(text, marks, alone=is_theirs, others=others)
                for text in (letter.subject, letter.body)
            )
        letter.save(update_fields=["context", "subject", "body"])


def blank_own_letters(letters, person):
    """Blank the letters to a person, and cancel those that have not left."""
    letters = Letter.objects.filter(pk__in=list(letters.values_list("pk", flat=True)))
    letters.cancel(timezone.now())
    letters.update(
        key=Concat(Value("erased:"), Cast("pk", CharField())),
        name="",
        path="",
        subject="",
        body="",
        context={},
        last_error="",
    )


# The admin's log


def log_of(person, held):
    """Return the admin's log entries about a person's rows, and (key, entry) of those that say
    who they are."""
    theirs = Q(pk__in=[])
    for holding, keys in held:
        if keys and holding.name:
            kind = ContentType.objects.get_for_model(holding.model, for_concrete_model=False)
            theirs |= Q(content_type=kind, object_id__in=[str(key) for key in keys])
    if person.user:
        kind = ContentType.objects.get_for_model(User)
        theirs |= Q(content_type=kind, object_id=str(person.user.pk))
    about = set(LogEntry.objects.filter(theirs).values_list("pk", flat=True))
    words, marks = Q(pk__in=about), person.known_marks
    for word in (*(marks.names if person.is_alone else ()), *marks.addresses):
        words |= Q(object_repr__icontains=word) | Q(change_message__icontains=word)
    return about, LogEntry.objects.filter(words)


def blank_log(log, marks):
    about, entries = log
    for entry in entries:
        entry.object_repr = (
            NAMELESS if entry.pk in about else remove_from_text(entry.object_repr, marks)
        )
        entry.change_message = remove_from_text(
            entry.change_message, marks, alone=entry.pk in about
        )
        entry.save(update_fields=["object_repr", "change_message"])


# The account


def blank_account(user, instead):
    """Blank an account: nobody can use it and it names nobody."""
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.groups.clear()
    user.email, user.name, user.phone = instead, NAMELESS, ""
    user.former_name, user.renamed_at = "", None
    user.is_active, user.last_login = False, None
    user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
