"""Who takes part: named by their side, asked for what is theirs, and there or not."""

from copy import copy

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.fields import refresh_unwritten
from connect.languages import label_with_value
from connect.models import Link
from connect.transitions import by_officer, record_event
from exchanges import agenda, diary
from exchanges.conversation import blank_messages_of
from exchanges.enums import ExchangeStatus, Part, Side
from exchanges.evaluation import ask_who_was_there, expert_addresses, is_evaluation_open
from exchanges.locking import lock_exchange
from exchanges.models import Participant
from exchanges.permissions import (
    BEFORE_COMPLETED,
    FOLLOWED_IN,
    INVITED_IN,
    may_confirm,
    sides_of,
)
from notifications import limits
from notifications.outbox import cancel_letters, post_letter


def add_first_participants(exchange):
    """Create the first participants: the match's experts and the town's contact."""
    form = exchange.exchange_form
    for interest in exchange.match.interests.select_related("expert__user", "authority"):
        expert = interest.expert
        Participant.objects.create(
            exchange=exchange,
            user=expert.user,
            name=expert.user.name,
            language=expert.user.language,
            function=interest.function_title,
            organisation=interest.authority.name,
            side=Side.OFFERING,
            part=Part(form.experts_part),
            gender=expert.gender,
            post=expert.role_type,
            travels=exchange.travelling_side == Side.OFFERING,
        )
    dossier = exchange.dossier
    Participant.objects.create(
        exchange=exchange,
        name=dossier.focal_name or dossier.authority.name,
        address=dossier.focal_email,
        language=dossier.contact.language,
        function=dossier.focal_function,
        organisation=dossier.authority.name,
        side=Side.REQUESTING,
        part=Part(form.contact_part),
        travels=exchange.travelling_side == Side.REQUESTING,
    )


# From when on people have been asked something, until nothing more is asked.
OPEN = INVITED_IN | {ExchangeStatus.INTERRUPTED} | FOLLOWED_IN


# What a person enters of their journey, or others for them: nobody who follows them reads it.
OF_THE_JOURNEY = ["visa", "is_insured", "emergency_contact", "arrives_on", "leaves_on"]


def lock_to_name_people(exchange, person, actor):
    """Lock an exchange in which this person may add, change or remove participants of a side."""
    exchange = lock_exchange(exchange, "name", actor)
    if person.side not in sides_of(actor, exchange):
        raise PermissionDenied
    return exchange


@transaction.atomic
def save_participant(form, exchange, *, actor, now=None):
    """Save a participant from a valid ParticipantForm; return it.

    Raises PermissionDenied for somebody of another side, ValidationError for another address or
    side of somebody who has answered, and another address of who wrote a diary: these are theirs.
    Another address is another person (`begin_anew`). And where their answers stand already
    (`is_presence_settled`), and for an address that is somebody's (`refuse_same_mailbox`).
    """
    participant = form.save(commit=False)
    exchange = lock_to_name_people(exchange, participant, actor)
    refresh_unwritten(form, "side")
    before, is_other = Participant.objects.filter(pk=participant.pk).first(), False
    is_asked_anew = before is None or "address" in form.changed_data
    if before:
        if before.exchange_id != exchange.pk or before.side not in sides_of(actor, exchange):
            raise PermissionDenied
        is_other = before.address.lower() != participant.address.lower()
        if (is_other or before.side != participant.side) and has_answered(before):
            message = _(
                "They have answered a questionnaire: their address and side cannot "
                "be changed. Add the other person as a new participant."
            )
            raise ValidationError({"address": message}, code="answered")
        if is_other:
            begin_anew(participant, before, form)
    if before is None or is_other or before.side != participant.side:
        refuse_same_mailbox(participant, exchange)
    participant.exchange = exchange
    now = now or timezone.now()
    if before and is_presence_settled(before, actor, now):
        if participant.attended != before.attended:
            raise ValidationError({"attended": settled_words(before)}, code="settled")
    else:
        note_confirmation(participant, actor, now)
    participant.save()
    if before:
        record_presence(exchange, [before], [participant], actor=actor, now=now)
    if exchange.status in OPEN and is_asked_anew:
        limits.count_message("participant", actor=actor, address=participant.email, about=exchange)
        send_what_is_open(participant, exchange, now)
    ask_who_was_there(exchange, now)
    return participant


def begin_anew(participant, before, form):
    """Empty what was of the person before, as another follows them by another address.

    Who has signed nothing yet, is confirmed by nobody, and reads nothing that the other entered;
    what is typed for the new person stays. A picture that the other agreed to shows the other.
    Raises ValidationError where there is a diary.
    """
    if before.diary.exists():
        message = _(
            "They have written a diary: their address cannot be changed. "
            "Add the other person as a new participant."
        )
        raise ValidationError({"address": message}, code="diary")
    participant.has_signed_conduct, participant.signed_conduct_at = False, None
    participant.confirmed_at, participant.follows_thread = None, False
    if "attended" not in form.cleaned_data:
        participant.attended = None
    unsaid = Participant()
    for name in OF_THE_JOURNEY:
        if name not in form.changed_data:
            setattr(participant, name, getattr(unsaid, name))
    before.pictured.update(participant=None, agrees=False)


def refuse_same_mailbox(participant, exchange):
    """Raise ValidationError for an address that somebody else of the exchange has.

    Each has a questionnaire of their own: one mailbox would count as many people, or an expert
    would rate themselves.
    """
    address = participant.email.lower()
    others = exchange.participants.exclude(pk=participant.pk).select_related("user")
    if address and address in {person.email.lower() for person in others}:
        message = _("Somebody of this exchange has this address: give each person their own.")
        raise ValidationError({"address": message}, code="same_address")
    if participant.side != Side.OFFERING and address in expert_addresses(exchange):
        message = _("This is the address of an expert of this exchange: give the person's own.")
        raise ValidationError({"address": message}, code="expert")


def has_answered(participant):
    return participant.evaluations.filter(answered_at__isnull=False).exists()


def is_presence_settled(participant, actor, now):
    """True if this person may no longer change or confirm whether a participant was there.

    From the first questionnaire that is answered or closed on, staff alone do: whoever takes
    somebody out of a mean and puts them back reads their answer from it.
    """
    if by_officer(actor, participant.exchange):
        return False
    return any(not is_evaluation_open(one, now) for one in participant.evaluations.all())


def settled_people(people, actor, now):
    """Return the primary keys of those for whom `is_presence_settled`."""
    return {person.pk for person in people if is_presence_settled(person, actor, now)}


def settled_words(participant):
    words = _(
        "%s has answered a questionnaire, or it is closed: their attendance can no "
        "longer be changed here. Ask the programme team to change it."
    )
    return words % participant.name


def days_to_come_words(exchange, attended, days, today):
    """Return why somebody who was there cannot have been for so many days yet; "" if they can."""
    held = exchange.days_held(today)
    if not attended or not days or days <= held:
        return ""
    words = ngettext(
        "%(held)s day of the exchange has taken place so far: write no more.",
        "%(held)s days of the exchange have taken place so far: write no more.",
        held,
    )
    return words % {"held": held}


def refuse_days_to_come(exchange, person, attended, days, now):
    """Raise ValidationError for days of presence that are still to come."""
    today = exchange.local_day(now)
    if words := days_to_come_words(exchange, attended, days, today):
        raise ValidationError(label_with_value(person.name, words), code="to_come")


def note_confirmation(participant, actor, now):
    """Record that the side that asked, or staff, confirm that somebody was there."""
    if participant.attended is not True:
        participant.confirmed_at = None
    elif participant.confirmed_at is None and may_confirm(actor, participant.exchange):
        participant.confirmed_at = now


def record_presence(exchange, before, after, *, actor, now):
    """Record on the timeline whose attendance was changed: by number, without names."""

    def describe_presence(person):
        attended = {True: "yes", False: "no", None: "not said"}[person.attended]
        confirmed = "confirmed" if person.confirmed_at else "not confirmed"
        return f"{attended}, {person.days or 0} days, {confirmed}"

    def is_unsaid(person):  # days that are only planned are no presence
        return person.attended is None and person.confirmed_at is None

    words_before = {person.pk: describe_presence(person) for person in before}
    unsaid = {person.pk for person in before if is_unsaid(person)}
    changes = [
        f"{person.pk}: {words_before[person.pk]} → {describe_presence(person)}"
        for person in after
        if describe_presence(person) != words_before[person.pk]
        and not (person.pk in unsaid and is_unsaid(person))
    ]
    if changes:
        details = {"changes": "; ".join(changes)}
        record_event(exchange, "record_presence", actor=actor, now=now, details=details)


@transaction.atomic
def save_part(form, *, now=None):
    """Save a participant's own details from a valid PartForm; a signature stays."""
    person = Participant.objects.select_for_update().get(pk=form.instance.pk)
    if form.cleaned_data.get("signs") and person.signed_conduct_at is None:
        person.has_signed_conduct, person.signed_conduct_at = True, now or timezone.now()
    for name in form.Meta.fields:
        if name in form.cleaned_data:
            setattr(person, name, form.cleaned_data[name])
    person.save(update_fields=[*form.Meta.fields, "has_signed_conduct", "signed_conduct_at"])
    return person


def ask_part(person, exchange, stage=""):
    return post_letter(
        "take_part",
        key=f"participant:{person.pk}:part{stage}",
        concerns=person,
        to=[person.recipient],
        path=person.PAGE,
        opens=person,
        anew=bool(stage),
        reference=exchange.reference,
        title=exchange.dossier.title,
        **list_given_facts(person),
    )


def list_given_facts(person=None):
    """Return what is known of a person's journey, for the e-mail that asks for the rest of it."""
    return {
        "travels": bool(person and person.is_travelling),
        "has_contact": bool(person and person.emergency_contact),
        "is_insured": bool(person and person.is_insured),
    }


def send_what_is_open(person, exchange, now):
    """Send a late participant, or one with a new address, what the others were sent before."""
    if person.email and exchange.status not in FOLLOWED_IN:
        ask_part(person, exchange)
        agenda.send_agenda_to(person, exchange, now)
        if exchange.exchange_form.diary_part and exchange.status in diary.WRITTEN_IN:
            diary.request_diary(exchange)


def people_with_link(people):
    """Return the primary keys of the participants who were given their link."""
    about = {person.link_about: person.pk for person in people}
    given = Link.objects.filter(purpose=Participant.PURPOSE, about__in=about)
    return {about[key] for key in given.values_list("about", flat=True)}


@transaction.atomic
def ask_again(participant, *, actor, now=None):
    """Send a participant of one's own side their link again, once a day.

    They sign the code of conduct themselves. Raises ValidationError once the exchange is over,
    where no letter reaches them, or none is written: a second time that day.
    """
    exchange = lock_to_name_people(participant.exchange, participant, actor)
    if exchange.status not in BEFORE_COMPLETED:
        message = _("The exchange is over: participants have nothing more to do.")
        raise ValidationError(message, code="over")
    if not participant.email:
        raise ValidationError(_("First enter their e-mail address."), code="address")
    limits.count_message("participant", actor=actor, address=participant.email, about=exchange)
    if not (written := ask_part(participant, exchange, f":{timezone.localdate(now):%Y%m%d}")):
        message = _(
            "No e-mail was sent: the link can be sent once a day, until %d days after the exchange."
        )
        raise ValidationError(message % Participant.OPEN_FOR.days, code="not_written")
    return written


@transaction.atomic
def remove_participant(participant, *, actor):
    """Remove a participant who will not take part after all, and what they wrote by their link.

    Who was asked is told. Raises ValidationError for who wrote a diary, answered, or was confirmed
    to have taken part.
    """
    lock_to_name_people(participant.exchange, participant, actor)
    if participant.confirmed_at or has_answered(participant):
        raise ValidationError(
            _(
                "They took part or have answered, and cannot be removed. Record that "
                "they did not attend instead."
            ),
            code="answered",
        )
    if participant.diary.exists():
        raise ValidationError(
            _("They have written a diary: record that they did not attend instead."), code="diary"
        )
    if people_with_link([participant]):
        notify_of_removal(participant)
    blank_messages_of(participant)
    participant.delete()


def notify_of_removal(person):
    """Notify somebody who was asked to take part that they are no longer named."""
    exchange = person.exchange
    cancel_letters(person)
    post_letter(
        "part_removed",
        key=f"participant-removed:{person.pk}",
        concerns=person,
        to=[person.recipient],
        reference=exchange.reference,
        title=exchange.dossier.title,
        had_dates=exchange.events.filter(verb="plan").exists(),
    )


@transaction.atomic
def record_attendance(exchange, attendance, *, actor, now=None):
    """Save attendance: {pk of a participant: (True, False or None, days or None)}.

    Of one's own side; of others the side that asked and staff confirm that they took part, but of
    none whose own side says that they did not come. Raises ValidationError for a change of
    somebody whose answers stand already: see `is_presence_settled`.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "record", actor)
    own, confirms = sides_of(actor, exchange), may_confirm(actor, exchange)
    people = list(exchange.participants.filter(pk__in=attendance).select_for_update())
    before = [copy(person) for person in people]
    for person in people:
        attended, days = attendance[person.pk]
        is_own = person.side in own
        if not is_own and (not confirms or (attended and person.attended is False)):
            raise PermissionDenied
        settled = is_presence_settled(person, actor, now)
        confirms_presence = attended if is_own else bool(attended)
        if settled and confirms_presence != (
            person.attended if is_own else bool(person.confirmed_at)
        ):
            raise ValidationError(settled_words(person), code="settled")
        if is_own:
            if (attended, days) != (person.attended, person.days):
                refuse_days_to_come(exchange, person, attended, days, now)
            person.attended, person.days = attended, days
        if settled:
            continue
        if is_own:
            note_confirmation(person, actor, now)
        else:
            person.confirmed_at = (person.confirmed_at or now) if attended else None
    Participant.objects.bulk_update(people, ["attended", "days", "confirmed_at"])
    record_presence(exchange, before, people, actor=actor, now=now)
    ask_who_was_there(exchange, now)
