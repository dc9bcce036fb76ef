"""Writing an expert's profile and offers, and keeping them true."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from connect.fields import refresh_unwritten
from connect.files import delete_replaced_file
from connect.languages import current_language
from connect.letter_language import guess_language
from connect.references import free_slug
from connect.transitions import record_event
from engine.text import find_topic_codes
from notifications.outbox import cancel_letters
from registry.enums import OfferStatus, Role
from registry.members import authority_left, employer_changed
from registry.models import Authority, Expert, Membership, Theme
from registry.search_index import index_experts

MOST_TOPICS, SUGGESTED = 12, 5


def expert_slug(name):
    """Return a slug from a name that no expert has yet."""
    return free_slug(Expert, slugify(name)[:100] or "expert")


@transaction.atomic
def save_profile(form, *, user, now=None):
    """Save this person's profile from a valid ExpertForm; return it.

    Raises PermissionDenied for an authority where this person is not an expert member.
    """
    expert = form.save(commit=False)
    if not expert.authority.has_member(user, Role.EXPERT):
        raise PermissionDenied
    now = now or timezone.now()
    # Their row is the lock: a first profile that is posted twice at once is one.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    refresh_unwritten(form, "languages")
    if expert.pk is None and (begun := Expert.objects.filter(user=user).first()):
        expert.pk, expert.slug, expert._state.adding = begun.pk, begun.slug, False
    if {"employer_email", "authority"} & set(form.changed_data):
        # Another superior or town has agreed to nothing yet.
        expert.employer_agrees = expert.employer_asked_at = expert.employer_answered_at = None
    if not expert.employer_language:
        expert.employer_language = guess_language(str(expert.authority.country), current_language())
    before = Authority.objects.filter(experts=expert.pk).first() if expert.pk else None
    # Of who has left it already it was told then.
    if before and before != expert.authority and before.has_member(user):
        authority_left.send(Membership, user=user, authority=before, roles=[Role.EXPERT], now=now)
    expert.user = user
    expert.slug = expert.slug or expert_slug(user.name)
    expert.confirmed_on, expert.is_hidden = timezone.localdate(now), False
    if expert.visibility != "staff":
        expert.consent_at = expert.consent_at or now
    if photo := form.cleaned_data["photo"]:
        delete_replaced_file(expert, "photo", expert.photo.name)
        expert.photo.save("photo.jpg", photo, save=False)
    save_profile_rows(expert, form)
    employer_changed.send(Expert, experts=[expert.pk], now=now)
    index_experts([expert.pk])
    return expert


def save_profile_rows(expert, form):
    """Save a profile, and the topics and missions of its form instead of those that it showed.

    A table may have brought more than the form has rows for, or a number of missions without
    saying which they were: that stays.
    """
    _languages, of_topic, of_mission = form.several
    rows = [row for row in form.filled_rows(of_topic) if row["topic"]]
    themes = Theme.objects.in_bulk([row["topic"] for row in rows], field_name="code")
    missions = form.filled_rows(of_mission)
    recorded = expert.past_missions.count() if expert.pk else 0
    listed = len(missions) + max(0, recorded - of_mission.most)
    is_more = (expert.missions or 0) > recorded
    expert.missions = max(listed, expert.missions) if is_more else listed
    expert.save()
    delete_first_rows(expert.topics, of_topic.most)
    for row in rows:
        level, evidence = int(row["mastery"]), row["evidence"] or ""
        expert.topics.update_or_create(
            theme=themes[row["topic"]], defaults={"level": level, "evidence": evidence}
        )
    delete_first_rows(expert.past_missions, of_mission.most)
    for row in missions:
        expert.past_missions.create(
            year=row["year"], country=row["country"], form=row["form"], result=row["outcome"]
        )


def delete_first_rows(rows, most):
    """Delete the first rows of a list, as many as its form has room for."""
    rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:most])).delete()


def has_left(expert):
    """True for an expert who has left the authority of their profile."""
    return Expert.objects.former_members().filter(pk=expert.pk).exists()


def refuse_if_left(expert):
    """Raise ValidationError if somebody would act for an authority that they have left."""
    if has_left(expert):
        words = _("You have left %s: first say in your profile where you work now.")
        raise ValidationError(words % expert.authority.name, code="left")


@transaction.atomic
def confirm_profile(expert, *, user, now=None):
    """Confirm that a profile is still right: it stays public for another year.

    Raises ValidationError where its expert works there no more.
    """
    if expert.user_id != user.pk:
        raise PermissionDenied
    refuse_if_left(expert)
    expert.confirmed_on, expert.is_hidden = timezone.localdate(now or timezone.now()), False
    expert.save(update_fields=["confirmed_on", "is_hidden"])
    cancel_letters(expert, "profile_confirm")
    index_experts([expert.pk])


@transaction.atomic
def add_topic(expert, code, *, user):
    """Add a topic that the expert's own texts suggest, at the lowest level."""
    if expert.user_id != user.pk:
        raise PermissionDenied
    Expert.objects.select_for_update(of=("self",), no_key=True).get(pk=expert.pk)
    theme = Theme.objects.exclude(parent=None).filter(code=code).first()
    if theme and expert.topics.count() < MOST_TOPICS:
        expert.topics.get_or_create(theme=theme, defaults={"level": 2})
        index_experts([expert.pk])


def suggested_topics(expert):
    """Return the topics named in an expert's offers that are not in the profile yet."""
    held = set(expert.topics.values_list("theme__code", flat=True))
    counts: dict[str, int] = {}
    for offer in expert.offers.exclude(status=OfferStatus.REMOVED):
        for code in find_topic_codes(f"{offer.title}\n{offer.text}", offer.language):
            counts[code] = counts.get(code, 0) + 1
    codes = sorted(counts.keys() - held, key=lambda code: (-counts[code], code))[:SUGGESTED]
    themes = Theme.objects.in_bulk(codes, field_name="code")
    return [themes[code] for code in codes if code in themes]


def profile_gaps(expert):
    """List what would improve a profile: [(sentence, weight)] out of 100."""
    topics = list(expert.topics.all())
    checks = [
        (15, topics, _("Add the topics you know.")),
        (
            15,
            any(topic.evidence for topic in topics),
            _("Describe what you did on a topic."),
        ),
        (
            20,
            expert.offers.published().exists(),
            _("Publish an offer, to be matched with requests."),
        ),
        (10, expert.years is not None, _("Add how long you have done your job.")),
        (10, expert.past_missions.all(), _("Add a mission abroad, if you have been on one.")),
        (10, expert.employer_email, _("Name your superior, who agrees before each exchange.")),
        (10, expert.photo, _("Add a photograph.")),
        (10, expert.visibility == "public", _("Make your profile public.")),
    ]
    return [(words, weight) for weight, there, words in checks if not there]


@transaction.atomic
def save_offer(form, *, expert, now=None):
    """Save an expert's offer from a valid OfferForm; return it."""
    offer = form.save(commit=False)
    if offer.pk and offer.expert_id != expert.pk:
        raise PermissionDenied
    refresh_unwritten(form)
    is_new = offer.pk is None
    offer.expert = expert
    offer.save()
    offer.topics.all().delete()
    themes = Theme.objects.in_bulk(form.chosen_topics(), field_name="code")
    for code, level in form.chosen_topics().items():
        offer.topics.create(theme=themes[code], level=level)
    offer.windows.all().delete()
    if window := form.window():
        offer.windows.create(starts_on=window[0], ends_on=window[1])
    if is_new:
        record_event(offer, "begin", actor=expert.user, now=now or timezone.now())
    index_experts([expert.pk])
    return offer
