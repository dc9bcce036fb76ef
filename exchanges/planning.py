"""Planning an exchange together: who takes part, and the terms of reference both sides sign."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.transitions import applicants
from connect.transitions import record_event
from exchanges.enums import ExchangeStatus, Part, Side
from exchanges.models import Exchange, Participant, Terms
from exchanges.permissions import AUTHOR, EXCHANGES, EXPERT
from notifications import limits
from notifications.outbox import post
from registry.enums import ExchangeForm


def locked(exchange, verb, actor):
    """Lock an exchange with which this person may do so now; PermissionDenied otherwise."""
    rows = Exchange.objects.select_related("dossier__authority", "match")
    return EXCHANGES.locked(rows, exchange, verb, actor)


def name_first(exchange):
    """Name those whom the match itself brings together: its experts and the town's contact."""
    for interest in exchange.match.interests.select_related("expert__user", "authority"):
        expert = interest.expert
        Participant.objects.create(
            exchange=exchange,
            user=expert.user,
            name=expert.user.name,
            language=expert.user.language,
            function=expert.function_title,
            organisation=interest.authority.name,
            side=Side.OFFERING,
            part=Part.EXPERT if exchange.experts_travel else Part.MENTOR,
            gender=expert.gender or "undisclosed",
            post=expert.role_type,
            travels=exchange.experts_travel,
        )
    dossier = exchange.dossier
    Participant.objects.create(
        exchange=exchange,
        name=dossier.focal_name or dossier.authority.name,
        address=dossier.focal_email,
        language=dossier.language if dossier.language in ("en", "fr", "es") else "en",
        function=dossier.focal_function,
        organisation=dossier.authority.name,
        side=Side.REQUESTING,
        part=Part.INTERN if exchange.form == ExchangeForm.INTERNSHIP else Part.DELEGATE,
        travels=not exchange.experts_travel,
    )


def in_charge(exchange):
    """Give the people who plan an exchange: the town's contact and authors, and the experts."""
    interests = exchange.match.interests.select_related("expert__user")
    people = [*applicants(exchange.dossier), *(interest.expert.user for interest in interests)]
    return list({person.address.lower(): person for person in people}.values())


@transaction.atomic
def save_participant(form, exchange, *, actor):
    """Keep a participant from a valid ParticipantForm; return it."""
    exchange = locked(exchange, "plan", actor)
    participant = form.save(commit=False)
    if participant.pk and participant.exchange_id != exchange.pk:
        raise PermissionDenied
    is_asked_anew = participant.pk is None or "address" in form.changed_data
    participant.exchange = exchange
    participant.save()
    if exchange.status in (ExchangeStatus.PLANNED, ExchangeStatus.READY) and is_asked_anew:
        limits.count("participant", by=actor, to=participant.email, about=exchange)
        ask_parts(exchange)
    return participant


@transaction.atomic
def keep_part(form, *, now=None):
    """Keep what a participant says by their own link, from a valid PartForm; a signature stays."""
    person = Participant.objects.select_for_update().get(pk=form.instance.pk)
    if form.cleaned_data.get("signs") and person.signed_conduct_at is None:
        person.has_signed_conduct, person.signed_conduct_at = True, now or timezone.now()
    for name in form.Meta.fields:
        if name in form.cleaned_data:
            setattr(person, name, form.cleaned_data[name])
    person.save(update_fields=[*form.Meta.fields, "has_signed_conduct", "signed_conduct_at"])
    return person


def ask_parts(exchange):
    """Write to each participant what is asked of them before the exchange; count the letters."""
    people = exchange.participants.select_related("user")
    return sum(
        post(
            "take_part",
            key=f"participant:{person.pk}:part",
            to=[person.recipient],
            path=person.PAGE,
            opens=person,
            reference=exchange.reference,
            title=exchange.dossier.title,
            travels=person.travels,
        )
        for person in people
        if person.email and not person.has_signed_conduct
    )


@transaction.atomic
def remove_participant(participant, *, actor):
    """Take somebody out who will not take part after all; ValidationError for who wrote a diary."""
    locked(participant.exchange, "plan", actor)
    if participant.diary.exists():
        raise ValidationError(
            _("They have written a diary: say that they did not come instead."), code="diary"
        )
    participant.delete()


@transaction.atomic
def record_attendance(exchange, said, *, actor):
    """Keep who was there: {pk of a participant: (True, False or None, days or None)}."""
    exchange = locked(exchange, "record", actor)
    people = list(exchange.participants.filter(pk__in=said))
    for person in people:
        person.attended, person.days = said[person.pk]
    Participant.objects.bulk_update(people, ["attended", "days"])


def asked_of(exchange):
    """Give (field, question) of the terms: an internship's are its learning agreement."""
    own = (
        {
            "purpose": _("What should the intern be able to do when it is over?"),
            "tasks": _("What will the intern do, week by week, and who guides them?"),
        }
        if exchange.form == ExchangeForm.INTERNSHIP
        else {}
    )
    names = ("purpose", "tasks", "outputs", "means")
    return [(name, own.get(name) or Terms._meta.get_field(name).verbose_name) for name in names]


@transaction.atomic
def save_terms(form, exchange, *, actor, now=None):
    """Keep the terms of reference from a valid TermsForm; a signed version is never rewritten."""
    now = now or timezone.now()
    exchange = locked(exchange, "plan", actor)
    last = exchange.terms.last()
    if last and all(getattr(last, name) == form.cleaned_data[name] for name in form.cleaned_data):
        return last
    if last is None or last.signatures.exists():
        last = Terms(exchange=exchange, number=last.number + 1 if last else 1)
    for name, words in form.cleaned_data.items():
        setattr(last, name, words)
    last.at, last.by = now, actor
    last.save()
    record_event(exchange, "write_terms", actor=actor, now=now, details={"number": last.number})
    return last


def side_of(exchange, user):
    """Say for which side this person signs; None if for neither."""
    if AUTHOR.holds(user, exchange):
        return Side.REQUESTING
    return Side.OFFERING if EXPERT.holds(user, exchange) else None


@transaction.atomic
def sign_terms(terms, *, actor, now=None):
    """Sign a version for one's side.

    Raises PermissionDenied for whoever is on neither side, ValidationError where a newer version
    was written meanwhile.
    """
    now = now or timezone.now()
    exchange = locked(terms.exchange, "plan", actor)
    side = side_of(exchange, actor)
    if side is None:
        raise PermissionDenied
    if exchange.terms.last().pk != terms.pk:
        raise ValidationError(
            _("A newer version was written meanwhile: read it, then sign."), code="newer"
        )
    signature, made = terms.signatures.get_or_create(
        user=actor, defaults={"side": side, "name": actor.name, "at": now}
    )
    if made:
        record_event(exchange, "sign_terms", actor=actor, now=now, details={"number": terms.number})
    return signature
