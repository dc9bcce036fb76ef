"""An account that nobody uses: two letters with the exact day, then nothing of its person."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import unused
from accounts.models import User
from accounts.naming import NAMELESS
from accounts.unused import follow_unused
from applications.enums import Status
from applications.models import Dossier
from connect.transitions import record_event
from exchanges.models import Exchange, Participant
from matching.enums import InterestStatus
from matching.models import Interest, Match
from notifications.models import Letter
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from registry.models import Offer
from registry.search_index import index_experts
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_practice,
    make_report,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db
CANARY = "Zyxwvut"
THEN = timezone.now()


def at(days):
    return THEN + timedelta(days=days)


def joined(user):
    User.objects.filter(pk=user.pk).update(date_joined=THEN, last_login=None)
    return user


def told(user):
    letters = Letter.objects.filter(template="account_unused", address=user.email)
    return [letter.context["goes_on"] for letter in letters.order_by("pk")]


def traces(word):
    """Name every column of every table that holds a word."""
    found = set()
    for model in apps.get_models():
        for row in model._default_manager.values():
            found |= {
                f"{model.__name__}.{name}" for name, value in row.items() if word in str(value)
            }
    return found


def exchange_of(expert, status):
    dossier = make_dossier(status=Status.CLOSED if status == "closed" else Status.MATCHED)
    interest = make_interest(dossier, expert, status=InterestStatus.CHOSEN)
    match = Match.objects.create(
        reference="MA-1", dossier=dossier, answer_by=THEN.date(), status="agreed"
    )
    match.interests.set([interest])
    return Exchange.objects.create(
        reference="EX-1", match=match, dossier=dossier, form="expert_mission", status=status
    )


@pytest.fixture
def ineke():
    """Somebody whose name is wherever a name can be, and who has nothing open."""
    expert = make_expert(f"Ineke {CANARY}", employer_name=f"Clerk {CANARY}")
    expert.photo.save("photo.jpg", ContentFile(b"a photograph"), save=False)
    expert.slug, expert.function_title = f"ineke-{CANARY.lower()}", f"Head {CANARY}"
    expert.save()
    make_offer(expert, text=f"{CANARY} did it. " * 20)
    index_experts([expert.pk])
    exchange = exchange_of(expert, "closed")
    Interest.objects.update(approach=f"I, {CANARY}", references=CANARY)
    match, user = exchange.match, expert.user
    match.consents.create(side="expert", interest=match.interests.get(), name=user.name)
    match.messages.create(side="expert", name=user.name, author=user, text="Hello", at=THEN)
    Participant.objects.create(
        exchange=exchange, user=user, name=user.name, side="offering", part="expert", gender="woman"
    )
    user.emailaddress_set.create(email=user.email, verified=True)
    record_event(
        match, "accept", actor=user, now=THEN, details={"side": "expert", "name": user.name}
    )
    facts = {"reference": "CN-1", "expert": user.name, "authority": "Almere"}
    post_letter("interest_received", key="staff", to=[make_officer("Ines")], **facts)
    post_letter("dossier_reopen", key="old", to=[user], reference="CN-1", title="Water")
    send_waiting_letters(timezone.now() + timedelta(days=1))
    return joined(user)


def test_two_letters_say_the_day_and_then_no_trace_of_the_person_is_left(ineke):
    photo, cv = ineke.expert.photo, Interest.objects.get().cv
    counted = Participant.objects.filter(gender="woman").count()
    staff = Letter.objects.get(template="interest_received")
    before = traces(CANARY) | traces(CANARY.lower())

    told_on = [day for day in range(690, 745) if follow_unused(at(day))[0]]
    letters = told(ineke)
    kept = follow_unused(at(744))
    gone = follow_unused(at(746)), follow_unused(at(747))

    day = timezone.localdate(at(745)).isoformat()
    assert (told_on, letters, kept, gone) == ([700, 730], [day, day], (0, 0), ((0, 1), (0, 0)))
    staff.refresh_from_db()
    assert staff.sent_at and staff.context["expert"] == NAMELESS and NAMELESS in staff.body
    assert len(before) > 10 and traces(CANARY) | traces(CANARY.lower()) == set()
    assert not User.objects.get(pk=ineke.pk).is_active
    assert Offer.objects.get().status == "removed"
    assert Participant.objects.filter(gender="woman").count() == counted == 1
    assert photo.name and cv.name


def test_what_was_typed_of_a_person_in_their_towns_files_is_taken_out_too():
    town = make_authority()
    efua = joined(make_user(f"Efua {CANARY}", works_for=town))
    number = f"+233 {CANARY}"
    dossier = make_dossier(town, status="closed", focal_name=efua.name, focal_email=efua.email)
    contact = {"focal_name": [efua.name], "focal_email": [efua.email], "focal_phone": [number]}
    dossier.drafts.filter(section="contact").update(raw=contact)
    dossier.asides.create(section="contact", raw=contact, saved_at=THEN)
    dossier.versions.create(number=1, answers={"contact": contact}, at=THEN)
    type(dossier).objects.update(
        focal_phone=number,
        problem=f"Ask {efua.name}, or write to {efua.email.upper()}.",
        risks=[{"risk": f"{efua.name} leaves", "mitigation": "A deputy"}],
    )
    exchange = exchange_of(make_expert(), "closed")
    Exchange.objects.update(dossier=dossier)
    exchange.participants.create(
        name=efua.name, address=efua.email, side="requesting", part="delegate"
    )
    report = make_report(exchange, comment=f"{efua.name} measured it.")
    type(report.measure).objects.update(responsible=efua.name)
    terms = dict.fromkeys(("purpose", "outputs", "means"), "A by-law.")
    terms = exchange.terms.create(number=1, tasks=f"{efua.name} shows the plant.", at=THEN, **terms)
    terms.signatures.create(user=efua, side="requesting", name=efua.name, at=THEN)
    make_session(exchange, speakers=f"Kofi and {efua.name}")
    practice = make_practice(exchange)
    practice.agreements.create(party="requesting", by=efua, name=efua.name, at=THEN)
    practice.texts.update(done=f"{efua.name} wrote to everybody.")
    record_event(exchange, "invite", actor=efua, now=THEN, details={"name": efua.name})
    before = traces(CANARY)

    for day in (700, 730, 746):
        follow_unused(at(day))

    left = traces(CANARY) | traces(efua.email) | traces(efua.email.upper())
    assert (len(before) > 18, left) == (True, set())
    dossier.refresh_from_db()
    assert dossier.problem == f"Ask {NAMELESS}, or write to erased-{efua.pk}@erased.invalid."
    assert dossier.risks == [{"risk": f"{NAMELESS} leaves", "mitigation": "A deputy"}]
    assert exchange.sessions.get().speakers == f"Kofi and {NAMELESS}"


def test_who_took_part_by_their_address_alone_is_taken_out_to_the_last_page():
    kofi = joined(make_user(f"Kofi {CANARY}"))
    exchange = exchange_of(make_expert(), "closed")
    exchange.participants.create(
        name=kofi.name, address=kofi.email, side="requesting", part="delegate"
    )
    practice = make_practice(exchange)
    practice.texts.update(done=f"{kofi.name} drew the plan.")

    for day in (700, 730, 746):
        follow_unused(at(day))

    assert practice.texts.get().done == f"{NAMELESS} drew the plan."
    assert traces(CANARY) == set()


def test_a_name_of_one_word_goes_only_where_it_is_the_whole_answer():
    town = make_authority()
    joined(make_user("May", works_for=town))
    words = {"focal_name": "May", "focal_email": "", "problem": "Floods in May, and later."}
    make_dossier(town, status="closed", **words)

    for day in (700, 730, 746):
        follow_unused(at(day))

    assert Dossier.objects.values_list("focal_name", "problem").get() == (
        NAMELESS,
        "Floods in May, and later.",
    )


def test_who_never_gave_a_name_leaves_what_others_wrote_as_it_is():
    town = make_authority()
    joined(make_user(works_for=town))
    User.objects.update(name="")
    make_dossier(town, status="closed", title="Water", legal_name="")
    told_to = post_letter(
        "dossier_reopen", key="k", to=[make_officer("Ines")], reference="CN", title="W"
    )

    gone = [follow_unused(at(day))[1] for day in (700, 730, 746)]

    assert gone == [0, 0, 1] and told_to == 1
    assert Dossier.objects.values_list("title", "legal_name").get() == ("Water", "")
    assert Letter.objects.get(key__startswith="k").context["title"] == "W"


@pytest.mark.parametrize("part", ["focal_email", "legal_email"])
def test_the_contact_and_the_signatory_of_a_dossier_under_way_stay(part):
    person = joined(make_user())
    make_dossier(make_authority(), status="submitted", **{part: person.email.upper()})

    assert [follow_unused(at(day))[1] for day in (700, 730, 760)] == [0, 0, 0]
    assert told(person) == []


def test_who_takes_part_in_an_exchange_under_way_by_their_address_alone_stays():
    person = joined(make_user())
    exchange_of(make_expert(), "running").participants.create(
        name="Esi", address=person.email.upper(), side="requesting", part="delegate"
    )

    assert [follow_unused(at(day))[1] for day in (700, 730, 760)] == [0, 0, 0]
    assert told(person) == []


def test_the_files_go_once_it_is_certain(ineke, django_capture_on_commit_callbacks):
    photo, cv = ineke.expert.photo, Interest.objects.get().cv
    for day in (700, 730):
        follow_unused(at(day))
    there = [one.storage.exists(one.name) for one in (photo, cv)]
    with django_capture_on_commit_callbacks(execute=True):
        follow_unused(at(746))

    assert (there, [one.storage.exists(one.name) for one in (photo, cv)]) == (
        [True] * 2,
        [False] * 2,
    )


def test_signing_in_on_the_last_day_undoes_it(ineke):
    for day in (700, 730):
        follow_unused(at(day))
    User.objects.filter(pk=ineke.pk).update(last_login=at(744))

    assert [follow_unused(at(day)) for day in (746, 1440)] == [(0, 0), (0, 0)]
    assert User.objects.get(pk=ineke.pk).name == f"Ineke {CANARY}"


def test_a_clock_that_was_down_for_a_year_still_gives_a_fortnight(ineke):
    first = follow_unused(at(1000))
    Letter.objects.filter(template="account_unused").update(created_at=at(1000))

    after = [follow_unused(at(day)) for day in (1001, 1013, 1015)]

    assert first == (1, 0) and after == [(0, 0), (0, 0), (0, 1)]


def test_who_has_something_open_and_our_staff_stay():
    town = make_authority()
    officer, focal, expert = make_officer(), make_user(works_for=town), make_expert()
    dossier = make_dossier(town, status="published", created_by=focal)
    make_interest(dossier, expert, status=InterestStatus.SUBMITTED)
    guest = make_user()
    Participant.objects.create(
        exchange=exchange_of(make_expert(), "follow_up_6m"),
        user=guest,
        name=guest.name,
        side="other",
        part="observer",
    )
    people = [joined(one) for one in (officer, focal, expert.user, guest)]

    assert [follow_unused(at(day))[1] for day in (700, 730, 760)] == [0, 0, 0]
    assert [told(one) for one in people] == [[]] * 4


def test_who_signs_in_while_those_before_them_are_erased_stays(monkeypatch):
    """P3: signing in on any day before is enough, in that minute too."""
    kofi, ama = joined(make_user("Kofi")), joined(make_user("Ama"))
    for day in (700, 730):
        follow_unused(at(day))
    erase = unused.erase_person

    def erase_slowly(person, **how):
        User.objects.filter(pk=ama.pk).update(last_login=at(745))  # as her sign-in does
        erase(person, **how)

    monkeypatch.setattr(unused, "erase_person", erase_slowly)
    told_and_erased = follow_unused(at(745))

    kofi.refresh_from_db()
    ama.refresh_from_db()
    assert told_and_erased == (0, 1)
    assert (kofi.name, ama.name) == (NAMELESS, "Ama")
