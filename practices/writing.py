"""Writing a good practice: begun from an exchange, edited by both sides, agreed by each."""

import hashlib
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from applications.people import applicants
from connect.characters import clean_text
from connect.fields import get_column
from connect.files import delete_replaced_file
from connect.languages import arrow, join_parts, label_with_value, nearest_language
from connect.lengths import length_warning
from connect.pictures import DrawnPicture
from connect.references import free_slug
from connect.templatetags.look import amount, with_colon
from connect.transitions import record_event
from connect.uploads import clean_picture
from exchanges.budget import sum_lines
from exchanges.enums import ExchangeStatus
from exchanges.models import Measure, Session
from exchanges.permissions import BEGUN, EXCHANGES
from exchanges.pictures import WIDEST
from notifications import limits
from notifications.models import Letter
from notifications.outbox import post_letter
from practices.enums import Party, PracticeStatus
from practices.listing import index_practices
from practices.models import Agreement, Photo, Practice, PracticeText
from practices.permissions import HELPED, PRACTICES, TOWN_AUTHOR, WRITTEN

MOST_PHOTOS = 10
AT_ONCE = timedelta(seconds=30)  # within which a second press of the button begins no other
NEEDED = ("summary", "problem", "done", "result", "cost", "failed", "conditions")
SHORTEST = {"title": 10, "summary": 100}  # characters before both sides read it


def lock_practice(practice, verb, actor):
    """Lock a practice with which this person may do so now; PermissionDenied otherwise."""
    rows = Practice.objects.select_related("exchange__dossier__authority", "exchange__match")
    return PRACTICES.get_locked(rows, practice, verb, actor)


def may_begin(exchange, user):
    """True if this person may write a practice up from an exchange."""
    return exchange.status in BEGUN and EXCHANGES.allows(user, "meet", exchange)


@transaction.atomic
def begin_practice(exchange, *, actor, now=None):
    """Create a first draft from what the exchange already says; return the practice.

    Asked again at once, by anybody, it gives the same one.
    """
    now = now or timezone.now()
    if not may_begin(exchange, actor):
        raise PermissionDenied
    # The exchange's row is the lock: a button that is pressed twice begins one.
    type(exchange).objects.select_for_update(of=("self",), no_key=True).get(pk=exchange.pk)
    just_begun = exchange.practices.filter(
        status=PracticeStatus.DRAFT, status_since__gt=now - AT_ONCE
    )
    if practice := just_begun.first():
        return practice
    dossier = exchange.dossier
    language = nearest_language(dossier.language)
    end = exchange.last_day or timezone.localdate(now)
    title = slugify(dossier.title)[:100].strip("-") or "practice"
    practice = Practice.objects.create(
        slug=free_slug(Practice, f"{title}-{exchange.reference.lower()}"),
        exchange=exchange,
        status_since=now,
        language=language,
        year_from=end.year,
        year_to=max(end.year, last_year_of(exchange, now)),
    )
    practice.topics.set([need.theme for need in dossier.needs.select_related("theme")])
    with translation.override(language):
        PracticeText.objects.create(
            practice=practice,
            language=language,
            title=dossier.title[:120],
            **{
                name: words[: longest_text(name)]
                for name, words in first_draft(exchange, now).items()
            },
        )
    record_event(practice, "begin", actor=actor, now=now)
    return practice


def last_year_of(exchange, now):
    """Return the year in which what an exchange began was followed to: its last, or this one."""
    is_over = exchange.status in (ExchangeStatus.CLOSED, ExchangeStatus.INTERRUPTED)
    return timezone.localdate(exchange.status_since if is_over else now).year


def longest_text(name: str) -> int | None:
    return get_column(PracticeText, name).max_length


def first_draft(exchange, now):
    """Return a first draft from the exchange: problem, terms, agenda, measures, budget.

    The request says what was wished, not what was done: "in short" is made from the exchange alone.
    """
    terms = exchange.terms.last()
    measures = [measure_in_words(one) for one in Measure.objects.of_exchange(exchange)]
    return {
        "summary": exchange.summary,
        "problem": exchange.dossier.problem,
        "done": in_lines(terms.tasks if terms else "", *agenda_in_words(exchange, now)),
        "result": in_lines(*measures, terms.outputs if terms else ""),
        "cost": cost_in_words(exchange),
        "conditions": terms.means if terms else "",
    }


def in_lines(*texts):
    return "\n".join(text for text in texts if text)


def agenda_in_words(exchange, now):
    """Return a line for each day of the agenda that was held."""
    days: dict = {}
    for session in Session.objects.held_in(exchange, now):
        days.setdefault(session.day, []).append(session.title)
    return [
        label_with_value(date_format(day, "DATE_FORMAT"), join_parts(days[day])) for day in days
    ]


def cost_in_words(exchange):
    """Describe in euros what was spent, or is planned while nothing is, and who pays."""
    lines = list(exchange.budget.all())
    if not lines:
        return ""
    together = sum_lines(lines, 0)
    total, place = (together.spent, 2) if together.spent else (together.planned, 1)
    shares = [
        with_colon(row[0]) + " " + _("EUR %s") % amount(row[place], 2)
        for row in together.by_payer
        if row[place]
    ]
    words = _("EUR %s spent in all") if together.spent else _("EUR %s planned in all")
    return f"{words % amount(total, 2)} ({join_parts(shares)})" if shares else ""


def measure_in_words(measure):
    """Describe where a measure began and its present value."""
    values = [report.value for report in measure.reports.all() if report.value is not None]
    words = f"{measure.title} ({measure.get_status_display()})"
    if not values:
        return words
    since = f"{amount(measure.baseline)} {arrow()} " if measure.baseline is not None else ""
    return label_with_value(
        words, f"{measure.indicator}, {since}{amount(values[-1])} {measure.unit}"
    )


@transaction.atomic
def save_text(form, practice, language, *, actor, now=None):
    """Save the text of one language from a valid TextForm, with the facts for the original.

    A change asks both sides to agree to publication again; only staff change a public text.
    """
    practice = lock_practice(practice, "write", actor)
    text = practice.texts.filter(language=language).first()
    text = text or PracticeText(practice=practice, language=language)
    before = {name: clean_text(getattr(text, name)) for name in ("title", *NEEDED)}
    for name in before:
        setattr(text, name, form.cleaned_data[name])
    changed = [name for name in before if before[name] != getattr(text, name)]
    now = now or timezone.now()
    text.checked_at = now  # a translation that is saved fits the original again
    if changed:
        text.changed_at = text.checked_at
    text.save()
    if language == practice.language:
        practice.year_from, practice.year_to = (
            form.cleaned_data["year_from"],
            form.cleaned_data["year_to"],
        )
        practice.full_clean(exclude=["slug", "exchange"])
        practice.save(update_fields=["year_from", "year_to"])
        practice.topics.set(form.cleaned_data["topics"])
    if changed:
        end_agreements(practice, changed, actor=actor, now=now)
    index_practices([practice.pk])
    return text


def end_agreements(practice, changed, *, actor, now):
    """Notify whoever agreed to publication of the changed answers; until approval, ask again.

    changed: the columns of its text.
    """
    asks = practice.status in WRITTEN
    agreements = practice.agreements.select_related("by")
    people = [one.by for one in agreements if one.by and one.by != actor]
    post_letter(
        "practice_changed",
        key=f"practice:{practice.pk}:changed:{now:%Y%m%d%H%M%S%f}",
        concerns=actor,  # whom alone it names
        to=list(dict.fromkeys(people)),
        path=practice.path,
        title=str(practice),
        who=actor.name,
        changed=[get_column(PracticeText, name).verbose_name for name in changed],
        again=asks,
    )
    if asks and practice.agreements.all().delete()[0]:
        record_event(practice, "reword_practice", actor=actor, now=now)


def missing_from_practice(practice):
    """Describe what the original still lacks before both sides read it."""
    text = practice.texts.filter(language=practice.language).first()
    if text is None:
        return [_("the text")]
    lacking = [
        str(get_column(PracticeText, name).verbose_name)
        for name in NEEDED
        if not getattr(text, name).strip()
    ]
    lacking += [f"{label} ({words})" for _name, label, words in short_texts(text)]
    if not practice.topics.exists():
        lacking.append(_("a topic"))
    if not practice.photos.exists():
        lacking.append(_("a picture"))
    return lacking


def short_texts(text):
    """List (name, label, words) of the parts of a text shorter than they must be in the end."""
    read = [(name, length_warning(getattr(text, name), least)) for name, least in SHORTEST.items()]
    return [
        (name, get_column(PracticeText, name).verbose_name, words) for name, words in read if words
    ]


def parties_of(user, practice):
    """List the parties for which somebody agrees."""
    ties = ((Party.TOWN, TOWN_AUTHOR), (Party.COLLEAGUES, HELPED))
    return [party for party, tie in ties if tie.holds(user, practice)]


@transaction.atomic
def agree_to_publication(practice, *, seen, actor, now=None):
    """Agree to publication for one's side; return the parties.

    seen: the digest of the texts that one has read. Raises ValidationError where they have changed.
    """
    now = now or timezone.now()
    practice = lock_practice(practice, "agree", actor)
    if seen != practice.digest:
        words = _("The text has changed since you opened this page: read it again, then agree.")
        raise ValidationError(words, code="changed")
    parties = parties_of(actor, practice)
    for party in parties:
        _agreement, made = Agreement.objects.get_or_create(
            practice=practice,
            party=party,
            defaults={"by": actor, "name": actor.name, "at": now},
        )
        if made:
            on_behalf = {"party": str(party)}
            record_event(practice, "agree_practice", actor=actor, now=now, details=on_behalf)
    return parties


@transaction.atomic
def take_back_agreement(practice, *, actor, now=None):
    """Withdraw, before it is published, that one's side agrees; return the parties."""
    now = now or timezone.now()
    practice = lock_practice(practice, "agree", actor)
    parties = parties_of(actor, practice)
    for agreement in practice.agreements.filter(party__in=parties):
        agreement.delete()
        on_behalf = {"party": agreement.party}
        record_event(practice, "take_back_agree", actor=actor, now=now, details=on_behalf)
    return parties


def add_photo(form, practice, *, actor):
    """Save a picture from a valid PhotoForm, re-encoded; ValidationError for an eleventh."""
    if not PRACTICES.allows(actor, "write", practice):
        raise PermissionDenied
    drawn = clean_picture(form.cleaned_data["file"], WIDEST)  # before any lock: it takes its time
    return save_photo(practice, drawn, form.cleaned_data, actor=actor)


def take_photo(picture, practice, *, actor):
    """Copy a picture of the exchange: one whose people agreed to be shown in public."""
    if not practice.exchange.pictures.for_public().filter(pk=picture.pk).exists():
        raise PermissionDenied
    with picture.file.open("rb") as kept:
        copy = DrawnPicture(kept.read(), "picture.jpg", (picture.width, picture.height))
    words = {"alt": picture.alt, "credit": picture.credit}
    return save_photo(practice, copy, words, actor=actor, picture=picture)


@transaction.atomic
def save_photo(practice, drawn, words, *, actor, picture=None):
    practice = lock_practice(practice, "write", actor)
    if picture and (same := practice.photos.filter(picture=picture).first()):
        return same  # one press of the button that came twice
    if practice.photos.count() >= MOST_PHOTOS:
        raise ValidationError(_("Ten pictures at most."), code="too_many")
    return Photo.objects.create(
        practice=practice,
        picture=picture,
        file=drawn,
        alt=words["alt"],
        credit=words["credit"],
    )


@transaction.atomic
def remove_photo(photo, *, actor):
    lock_practice(photo.practice, "write", actor)
    delete_photo(photo)


def delete_photo(photo):
    """Delete a picture of a practice, and its file after the commit."""
    name = photo.file.name
    photo.delete()
    delete_replaced_file(photo, "file", name)


@transaction.atomic
def send_message_to_town(practice, text, *, actor, now=None):
    """Send a reader's words to the town, with the reader's address to answer to.

    Raises ValidationError where enough has been asked today.
    """
    now = now or timezone.now()
    if practice.status != PracticeStatus.PUBLISHED or not actor.is_active:
        raise PermissionDenied
    digest = hashlib.sha256(text.strip().encode()).hexdigest()[:12]
    key = f"practice:{practice.pk}:message:{actor.pk}:{timezone.localdate(now)}:{digest}"
    if Letter.objects.filter(key__startswith=f"{key}:").exists():
        return 0  # one press of the button that came twice
    limits.count_message("contact", actor=actor, about=practice, now=now)
    return post_letter(
        "practice_message",
        key=key,
        concerns=actor,  # whom alone it names
        to=applicants(practice.exchange.dossier),
        path=practice.path,
        title=str(practice),
        who=actor.name,
        answer_to=actor.email,
        text=text,
    )
