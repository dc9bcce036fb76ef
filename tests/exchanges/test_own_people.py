"""Each side names its own people, signs for itself, and rates what others confirm it took part in.

Whoever could invent people of the other side could rate themselves.
"""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.migrations import RunPython
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.naming import NAMELESS
from connect import links
from connect.models import Link
from exchanges import conversation, evaluation, participants
from exchanges.models import Exchange, Participant
from impact.figures.selection import Selection
from matching import outcomes, policies
from matching.models import MatchMessage
from notifications.models import Letter
from tests.exchanges.pages import page_of, told_addresses
from tests.factories import make_budget_line, make_offer, make_picture, make_session
from tests.figures import impact_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FORM = {"name": "Kofi", "language": "en", "part": "delegate", "gender": "man"}
FORM |= {"post": "technical", "visa": "unknown"}


def add(exchange, side, name="Kofi", **more):
    return exchange.participants.create(
        name=name,
        address=f"{name}@example.org".lower().replace(" ", "."),
        side=side,
        part="delegate",
        **more,
    )


@pytest.fixture
def over(planned):
    """An exchange that ended long ago: five of the town were there, and all gave five stars."""
    last = timezone.localdate(NOW) - timedelta(days=100)
    Exchange.objects.update(
        status="completed", actual_start=last - timedelta(days=4), actual_end=last
    )
    planned.refresh_from_db()
    for number in range(5):
        add(planned, "requesting", f"Officer {number}")
    for person in planned.participants.all():
        planned.evaluations.create(
            participant=person,
            moment="end",
            side=person.side,
            due_on=last,
            answered_at=NOW,
            answers={"satisfied": "5", "better": f"More time, says {person.name}"},
        )
    return planned


def test_who_runs_or_funds_the_programme_may_come_but_not_for_a_town(planned):
    bodies = ["VNG International", "Delegation of the European Commission"]
    typed = [FORM | {"name": f"Person {n}", "organisation": body} for n, body in enumerate(bodies)]
    page, seen = page_of(planned, "participants"), {}

    for who, side in (("town", "requesting"), ("staff", "staff"), ("staff", "other")):
        for row in typed:
            getattr(planned, who).post(page, row | {"name": f"{row['name']} {side}", "side": side})
        named = planned.participants.filter(name__endswith=side)
        seen[side] = sorted(named.values_list("organisation", flat=True))

    assert seen == {"requesting": [], "staff": sorted(bodies), "other": sorted(bodies)}


@pytest.mark.parametrize("side", ["requesting", "offering", "association", "staff", "other"])
def test_each_side_names_and_changes_its_own_people_and_nobody_elses(planned, side):
    """H4: whatever side is posted; staff alone may name anybody."""
    own = {"town": "requesting", "expert": "offering", "abena": "association"}
    person = add(planned, side)
    edit = page_of(planned, "participant", person.pk)

    named = {}
    for who in ("town", "expert", "abena", "staff"):
        browser = getattr(planned, who)
        browser.post(page_of(planned, "participants"), FORM | {"name": who, "side": side})
        named[who] = Participant.objects.get(name=who).side
    seen = {who: getattr(planned, who).get(edit).status_code for who in (*own, "staff")}
    for who, theirs in own.items():
        if theirs != side:
            getattr(planned, who).post(edit, FORM | {"name": "Taken", "side": theirs})
            getattr(planned, who).post(edit, {"remove": "1"})

    assert named == own | {"staff": side}
    assert seen == {who: 200 if own[who] == side else 404 for who in own} | {"staff": 200}
    assert Participant.objects.get(pk=person.pk).name == "Kofi"


def test_an_association_sees_its_own_people_and_not_those_of_the_sides(planned):
    """H4 and Z2: names and addresses of the sides stay theirs."""
    add(planned, "requesting", "Yaw")
    add(planned, "association", "Adwoa")

    shown = planned.abena.get(page_of(planned, "participants")).text

    assert "Adwoa" in shown and "Yaw" not in shown
    assert f"{planned.participants.count()} people take part, from all sides." in shown
    planned.participants.filter(name="Adwoa").delete()
    shown = planned.abena.get(page_of(planned, "participants")).text
    assert "No participants yet" not in shown and "Nobody from your association takes part" in shown
    Exchange.objects.update(status="closed")
    assert planned.abena.get(page_of(planned, "participants")).status_code == 404


def test_a_name_is_corrected_after_the_exchange_until_it_is_closed(over):
    person = add(over, "requesting", "Yao")
    edit = page_of(over, "participant", person.pk)

    shown = over.town.get(edit).text
    over.town.post(edit, FORM | {"name": "Yaw"})
    corrected = Participant.objects.get(pk=person.pk).name
    Exchange.objects.update(status="closed")
    closed = over.town.post(edit, FORM | {"name": "Kwame"}).status_code

    assert (corrected, closed) == ("Yaw", 404)
    assert 'name="emergency_contact"' not in shown  # deleted after the journey


def test_an_expert_who_invents_people_rates_nothing(over):
    """H4: ratings and means count whom the town or staff confirmed."""
    expert = over.match.interests.get().expert
    sheet = page_of(over, "attendance")
    people = over.participants.filter(side="requesting")
    said = {f"there-{one.pk}": "yes" for one in people}

    over.expert.post(sheet, said)
    evaluation.rate_experts(over)
    expert.refresh_from_db()
    invented = expert.rating_count, people.exclude(confirmed_at=None).count()
    with pytest.raises(PermissionDenied):
        participants.record_attendance(
            over, {people[0].pk: (True, None)}, actor=expert.user, now=NOW
        )
    over.staff.post(sheet, said)
    expert.refresh_from_db()

    assert invented == (0, 0)
    assert (expert.rating_count, expert.rating_mean) == (6, 5.0)
    assert people.exclude(confirmed_at=None).count() == 6


def test_rankings_read_the_answers_that_count_for_the_expert_and_no_others(over):
    """H4: the desk's report and what it learns counted everybody whom an expert had named.

    Of the town nobody was content; the expert's own mailbox, and a second answer from one, count
    for nothing.
    """
    interest, people = over.match.interests.get(), over.participants.filter(side="requesting")
    interest.offer = make_offer(interest.expert)
    interest.status = "chosen"
    interest.save()
    over.evaluations.update(answers={"satisfied": "1"})
    more = (add(over, "requesting", f"Guest {number}") for number in range(8))
    for person, address in zip(more, [interest.expert.user.email] * 4 + ["two@example.org"] * 4):
        Participant.objects.filter(pk=person.pk).update(address=address)
        over.evaluations.create(
            participant=person,
            moment="end",
            side="requesting",
            due_on=NOW,
            answered_at=NOW,
            answers={"satisfied": "5"},
        )

    def learnt():
        since, until = NOW - timedelta(days=1), NOW + timedelta(days=1)
        return outcomes.read_satisfaction(since, until).count, policies.read_badly_rated()

    before = learnt()
    said = {f"there-{one.pk}": "yes" for one in people}
    over.staff.post(page_of(over, "attendance"), said)

    assert before == (0, [])
    assert learnt() == (1, [(interest.dossier_id, interest.offer_id)])
    interest.expert.refresh_from_db()
    assert (interest.expert.rating_count, interest.expert.rating_mean) == (7, 11 / 7)


def test_who_did_not_come_says_their_side_is_left_unconfirmed_and_the_others_are_kept(over):
    """H4: the town's page works on; it confirms nobody whose own side says they were not there."""
    gone = add(over, "offering", "Pieter", attended=False)
    came = over.participants.filter(side="requesting").first()
    came.evaluations.all().delete()
    sheet, town = page_of(over, "attendance"), over.dossier.authority.memberships.first()

    shown = over.town.get(sheet).text
    kept = over.town.post(sheet, {f"there-{came.pk}": "yes", f"there-{gone.pk}": ""})
    refused = over.town.post(sheet, {f"there-{came.pk}": "no", f"there-{gone.pk}": "yes"})

    assert "did not attend, according to their side" in shown
    assert (kept.status_code, refused.status_code) == (302, 200)
    assert refused.context["form"].errors.keys() == {f"there-{gone.pk}"}
    came.refresh_from_db()
    gone.refresh_from_db()
    assert came.confirmed_at and (gone.attended, gone.confirmed_at) == (False, None)
    with pytest.raises(PermissionDenied):
        participants.record_attendance(over, {gone.pk: (True, None)}, actor=town.user, now=NOW)


def test_the_public_mean_counts_whom_the_town_or_staff_confirmed(over):
    """H4."""

    def basis():
        return {one.code: one.basis for one in impact_of(Selection(), NOW).figures}["satisfaction"]

    before = basis()
    over.participants.update(confirmed_at=NOW)

    assert (before, basis()) == (0, 7)


def test_who_is_on_both_sides_confirms_nobody(over):
    """H4: an expert who also writes for the town."""
    expert = over.match.interests.get().expert
    expert.user.memberships.create(
        authority=over.dossier.authority, roles=["editor"], status="active"
    )
    person = over.participants.filter(side="requesting").first()
    person.evaluations.all().delete()

    participants.record_attendance(over, {person.pk: (True, 5)}, actor=expert.user, now=NOW)

    person.refresh_from_db()
    assert (person.attended, person.confirmed_at) == (True, None)


def test_one_mailbox_is_one_person_and_an_expert_is_of_no_other_side(planned):
    """H4: four people at one address, or at the expert's, would have four questionnaires."""
    add(planned, "requesting")
    expert = planned.match.interests.get().expert
    other = add(planned, "requesting", "Yaw")
    shown = [
        planned.town.post(page_of(planned, "participants"), FORM | {"address": address}).text
        for address in ("Kofi@Example.org", expert.user.email)
    ]
    edit = page_of(planned, "participant", other.pk)
    shown.append(planned.town.post(edit, FORM | {"address": "kofi@example.org"}).text)
    planned.participants.filter(user=expert.user).delete()
    typed = FORM | {"address": expert.user.email}
    alone = planned.town.post(page_of(planned, "participants"), typed).text

    assert all("Somebody of this exchange has this address" in text for text in shown)
    assert "This is the address of an expert" in alone
    assert planned.participants.filter(side="requesting").count() == 3


def test_a_mailbox_counts_once_and_the_experts_own_never(over):
    """H4: whatever was written down before addresses were refused."""
    over.participants.update(confirmed_at=NOW)
    expert = over.match.interests.get().expert
    officers = over.participants.filter(name__startswith="Officer").order_by("pk")
    officers.filter(pk__in=officers.values("pk")[:2]).update(address="officer.4@example.org")
    officers.filter(name="Officer 2").update(address=expert.user.email.upper())

    evaluation.rate_experts(over)

    expert.refresh_from_db()
    assert expert.rating_count == 3  # Officers 3 and 4, and the town's contact


def test_who_counts_changes_no_more_by_a_side_once_there_are_answers(over):
    """H4: whoever takes one of six out of a mean and puts them back reads the sixth's answer."""
    over.participants.update(attended=True, confirmed_at=NOW)
    Exchange.objects.update(status="running")
    sheet, person = page_of(over, "attendance"), over.participants.get(name="Officer 1")
    expert = over.participants.get(side="offering")
    said = {f"there-{one.pk}": "yes" for one in over.participants.all()}

    shown = {who: getattr(over, who).get(sheet).text for who in ("town", "staff")}
    invites = [sheet in getattr(over, who).get(page_of(over, "participants")).text for who in shown]
    unchanged = over.town.post(sheet, {f"days-{person.pk}": "4"}).status_code
    refused = [
        over.town.post(sheet, said | {f"there-{who.pk}": ""}).text for who in (person, expert)
    ]
    typed = FORM | {"name": "Officer 1", "address": person.address, "attended": "false"}
    edited = over.town.post(page_of(over, "participant", person.pk), typed).text

    person.refresh_from_db()
    assert (
        shown["town"].count("<select"),
        "closed: this can only be changed by the programme team" in shown["town"],
    ) == (0, True)
    assert shown["staff"].count("<select") == len(said) and invites == [True, True]
    assert (unchanged, person.days) == (302, 4)
    for words in (*refused, edited):
        assert "has answered a questionnaire, or it is closed" in words
    assert person.attended and not over.participants.filter(confirmed_at=None).exists()
    over.staff.post(sheet, said | {f"there-{person.pk}": "no"})
    person.refresh_from_db()
    assert (person.attended, person.confirmed_at) == (False, None)


def test_who_let_a_questionnaire_close_is_left_out_and_put_back_by_staff_alone(over):
    """H4: the others' answers stand, and theirs no longer comes."""
    person = over.participants.filter(side="requesting").first()
    person.evaluations.update(answered_at=None)
    town = over.dossier.authority.memberships.first().user

    with pytest.raises(ValidationError, match="Ask the programme team"):
        participants.record_attendance(over, {person.pk: (True, 5)}, actor=town, now=NOW)
    person.evaluations.update(due_on=timezone.localdate(NOW))
    participants.record_attendance(over, {person.pk: (True, 5)}, actor=town, now=NOW)

    person.refresh_from_db()
    assert person.confirmed_at == NOW


def test_no_side_reads_a_mean_that_holds_answers_of_its_own_people(over):
    """H4: whoever holds all answers but one could read the last one from the mean."""
    over.participants.update(confirmed_at=NOW)
    results = page_of(over, "results")

    def read(browser):
        shown = browser.get(results).text
        return "5.0 / 5" in shown, "More time, says Officer 1" in shown

    seen = {who: read(getattr(over, who)) for who in ("town", "expert", "staff")}
    over.evaluations.filter(side="requesting").first().delete()
    report = over.town.get(page_of(over, "report")).text

    assert seen == {"town": (False, False), "expert": (True, True), "staff": (True, True)}
    assert "How satisfied" not in report
    over.participants.filter(side="requesting").update(confirmed_at=None)
    assert read(over.expert) == read(over.staff) == (False, False)


def test_a_side_reads_means_to_the_half_and_only_once_the_questionnaires_are_closed(over):
    """H4: from what one answer changes nothing is learnt."""
    over.participants.update(confirmed_at=NOW)
    for row, mark in zip(over.evaluations.filter(side="requesting"), "544444", strict=True):
        row.answers = {"satisfied": mark}
        row.save()

    def mean(browser):
        rows = browser.get(page_of(over, "results")).context["results"][0].results
        return rows[0].mean and round(rows[0].mean, 2)

    halves = mean(over.expert)
    over.evaluations.filter(side="offering").update(answered_at=None, due_on=timezone.localdate())

    assert halves == 4.0
    assert mean(over.expert) is None
    assert mean(over.staff) == 4.17


def test_the_address_of_somebody_who_answered_stays_and_they_are_not_taken_out(over):
    """H4: the answers would be another's."""
    person = over.participants.filter(name="Officer 1").get()
    Exchange.objects.update(status="running")
    edit = page_of(over, "participant", person.pk)
    typed = FORM | {"name": "Officer 1", "address": "mine@example.org"}

    refused = over.town.post(edit, typed).text
    gone = over.town.post(edit, {"remove": "1"}, follow=True).text
    renamed = over.town.post(edit, typed | {"name": "Yaw", "address": person.address})

    person.refresh_from_db()
    assert "They have answered a questionnaire" in refused and "mine@example.org" in refused
    assert "They took part or have answered" in gone
    assert (renamed.status_code, person.name) == (302, "Yaw")
    assert person.address == "officer.1@example.org"


def test_another_address_is_another_person_who_has_signed_and_confirmed_nothing(planned):
    """H4."""
    person = add(
        planned,
        "requesting",
        has_signed_conduct=True,
        signed_conduct_at=NOW,
        attended=True,
        confirmed_at=NOW,
    )

    planned.town.post(
        page_of(planned, "participant", person.pk), FORM | {"address": "yaw@example.org"}
    )

    person.refresh_from_db()
    assert person.address == "yaw@example.org"
    assert (person.has_signed_conduct, person.signed_conduct_at) == (False, None)
    assert person.confirmed_at is None


def test_who_follows_at_another_address_gets_nothing_of_the_person_before(planned):
    """H4: neither whom to call in an emergency nor what they agreed to."""
    anna = add(
        planned,
        "requesting",
        "Anna",
        travels=True,
        function="engineer",
        is_insured=True,
        emergency_contact="Piet, 0612345678",
        visa="granted",
        arrives_on=planned.planned_start,
        follows_thread=True,
    )
    shown = make_picture(planned).people.create(participant=anna, agrees=True, answered_at=NOW)
    edit = page_of(planned, "participant", anna.pk)
    page = planned.town.get(edit).context["form"]
    typed = {name: page[name].value() for name in page.fields}
    typed = {name: value for name, value in typed.items() if value not in (None, False)}

    typed |= {"gender": "man", "post": "technical"}  # which were not said
    answer = planned.town.post(edit, typed | {"name": "Yaw", "address": "yaw@example.org"})

    assert answer.status_code == 302, answer.context["form"].errors
    yaw = Participant.objects.get(pk=anna.pk)
    assert (yaw.name, yaw.address) == ("Yaw", "yaw@example.org")
    assert (yaw.is_insured, yaw.emergency_contact, yaw.visa) == (False, "", "unknown")
    assert (yaw.arrives_on, yaw.follows_thread) == (None, False)
    assert "Piet" not in Client().get(f"/en{yaw.link_path}").text
    shown.refresh_from_db()
    assert (shown.participant, shown.agrees) == (None, False)


def test_what_is_typed_for_who_follows_is_theirs(planned):
    anna = add(planned, "requesting", "Anna", travels=True, emergency_contact="Piet, 0612345678")
    typed = {"name": "Yaw", "address": "yaw@example.org", "travels": "on", "function": "engineer"}

    edit = page_of(planned, "participant", anna.pk)
    planned.town.post(edit, FORM | typed | {"emergency_contact": "Esi, 0244123456"})

    assert Participant.objects.get(pk=anna.pk).emergency_contact == "Esi, 0244123456"


def test_nobody_takes_over_the_diary_of_an_intern(planned):
    intern = add(planned, "requesting", "Esi")
    Participant.objects.filter(pk=intern.pk).update(part="intern")
    intern.diary.create(day="2031-05-01", did="We met.", learnt="Much.", changed_at=NOW)
    edit = page_of(planned, "participant", intern.pk)
    typed = FORM | {"part": "intern", "name": "Yaw"}

    refused = planned.town.post(edit, typed | {"address": "yaw@example.org"}).text
    before = Participant.objects.get(pk=intern.pk).name
    renamed = planned.town.post(edit, typed | {"address": intern.address}).status_code

    assert "They have written a diary: their address cannot be changed." in refused
    assert (before, renamed) == ("Esi", 302)


def test_nobody_ticks_the_code_of_conduct_of_another(planned):
    """H4: it is signed by the person's own link; others may only have the link sent again."""
    person = add(planned, "requesting")
    edit = page_of(planned, "participant", person.pk)

    planned.town.post(edit, FORM | {"address": person.address, "has_signed_conduct": "on"})
    planned.staff.post(
        edit,
        FORM | {"address": person.address, "side": "requesting", "has_signed_conduct": "on"},
    )
    for _ in range(2):
        planned.town.post(edit, {"again": "1"})
    planned.expert.post(edit, {"again": "1"})
    ticked = Participant.objects.get(pk=person.pk).has_signed_conduct
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.update(has_signed_conduct=True)
    Client().post(f"/en{person.link_path}", {"signs": "on"})

    assert not ticked and told_addresses("take_part") == ["kofi@example.org"]
    person.refresh_from_db()
    assert person.has_signed_conduct and person.signed_conduct_at


def test_an_officer_who_is_the_expert_confirms_nobody_who_then_rates_them(over):
    """H4: staff confirm who was there, but not in an exchange of their own."""
    expert = over.match.interests.get().expert
    type(expert).objects.filter(pk=expert.pk).update(user=over.ines)
    people = over.participants.filter(side="requesting")
    said = {f"there-{one.pk}": "yes" for one in people}

    over.staff.post(page_of(over, "attendance"), said)

    assert not over.participants.exclude(confirmed_at=None).exists()


def test_ticks_of_others_are_taken_back_and_who_was_there_when_staff_judged_stays_confirmed(
    planned,
):
    """H4: the migration; an exchange that nobody judged yet waits for the town or staff."""
    there = add(planned, "requesting", attended=True, signed_conduct_at=NOW)
    absent = add(planned, "requesting", attended=False)
    settle = import_module("exchanges.migrations.0016_signed_and_confirmed_in_person").settle

    Exchange.objects.update(status="completed")
    settle(apps, None)
    before = Participant.objects.get(pk=there.pk).confirmed_at
    Exchange.objects.update(status="evaluated")
    settle(apps, None)

    there.refresh_from_db()
    absent.refresh_from_db()
    assert before is None and there.confirmed_at is not None and absent.confirmed_at is None


def test_what_old_code_ticks_while_it_is_migrated_does_not_stop_the_constraint(planned):
    """H4: between the taking back and the constraint another tick may have come."""
    migration = import_module("exchanges.migrations.0017_conduct_is_signed_in_person").Migration
    name = "the_code_of_conduct_is_signed_in_person"
    constraint = next(one for one in Participant._meta.constraints if one.name == name)
    add(planned, "requesting")
    connection.check_constraints()  # nothing waits for the end of the transaction

    with connection.schema_editor() as editor:
        editor.remove_constraint(Participant, constraint)
        Participant.objects.update(has_signed_conduct=True)
        for operation in migration.operations:
            if isinstance(operation, RunPython):
                operation.code(apps, editor)
        editor.add_constraint(Participant, constraint)

    assert not Participant.objects.filter(has_signed_conduct=True).exists()


@pytest.mark.parametrize("status", ["planned", "ready", "running", "interrupted"])
def test_who_gets_an_address_late_gets_what_is_open_at_once_and_again_from_the_list(
    planned, status
):
    """The way out was that somebody else ticked "has signed"."""
    make_session(planned)
    Exchange.objects.update(status=status)
    kofi = planned.participants.create(name="Kofi", side="requesting", part="delegate")
    people = page_of(planned, "participants")
    without = planned.town.get(people).text

    planned.town.post(
        page_of(planned, "participant", kofi.pk), FORM | {"address": "kofi@example.org"}
    )
    at_once = [told_addresses(name) for name in ("take_part", "session_invited")]
    with_address = planned.town.get(people).text
    again = planned.town.post(
        page_of(planned, "participant", kofi.pk), {"again": "1"}, follow=True
    ).text

    assert "enter their e-mail address, and we send them the link" in without
    assert at_once == [["kofi@example.org"]] * 2
    assert 'Send the link again<span class="visually-hidden">: Kofi' in with_address
    assert "The link has been sent to Kofi." in again and "<h1>Kofi</h1>" in again
    assert told_addresses("take_part") == ["kofi@example.org"] * 2


def test_a_letter_that_reaches_nobody_is_refused_with_a_sentence(planned):
    person = planned.participants.create(name="Kojo", side="requesting", part="delegate")

    with pytest.raises(ValidationError, match="First enter their e-mail address"):
        participants.ask_again(person, actor=planned.ines)

    refused = planned.town.post(
        reverse("exchange-participant", args=[planned.reference, person.pk]),
        {"again": "1"},
        follow=True,
    )
    assert "First enter their e-mail address." in refused.text


def test_a_link_that_was_withdrawn_is_sent_again_once_a_day_and_never_long_after(planned):
    """The page said that it was on its way, and nothing was written."""
    kofi = add(planned, "requesting")
    address, said = page_of(planned, "participant", kofi.pk), []
    links.end_link(Link.objects.get(pk=kofi.create_link().pk), actor=planned.ines)

    def press():
        text = planned.town.post(address, {"again": "1"}, follow=True).text
        said.append("The link has been sent to Kofi." in text)
        said.append("No e-mail was sent: the link can be sent once a day" in text)

    press()
    opened = Client().get(f"/en{kofi.valid_link.path}").status_code
    press()
    Letter.objects.all().delete()
    Exchange.objects.update(
        planned_start=NOW - timedelta(days=104), planned_end=NOW - timedelta(days=100)
    )
    press()

    assert (opened, said) == (200, [True, False, False, True, False, True])


def test_a_link_is_sent_again_only_where_it_was_sent_and_never_once_all_is_over(planned):
    """It was "again" where nothing had been sent, and asked for a journey that was over."""
    kofi = add(planned, "requesting", travels=True)
    people, own = page_of(planned, "participants"), page_of(planned, "participant", kofi.pk)
    names = ["Send the link<", "Send the link again<", "Their link is sent once the exchange is"]

    def buttons():
        text, of_one = planned.town.get(people).text, planned.town.get(own).text
        kofis = text.split(f"/people/{kofi.pk}/", 1)[1].split("</li>")[0]
        return [name in kofis for name in names], [name in of_one for name in names[:2]]

    seen = [buttons()]
    planned.town.post(own, {"again": "1"})
    seen.append(buttons())
    link, asked = kofi.link_path, len(told_addresses("take_part"))
    days = {"planned_start": NOW - timedelta(days=9), "planned_end": NOW - timedelta(days=4)}
    Exchange.objects.update(status="completed", **days)
    Letter.objects.all().delete()
    refused = planned.town.post(own, {"again": "1"}, follow=True).text
    seen.append(buttons())

    assert seen == [
        ([True, False, True], [True, False]),
        ([False, True, False], [False, True]),
        ([False, False, False], [False, False]),
    ]
    assert "The exchange is over: participants have nothing more to do" in refused
    assert (asked, told_addresses("take_part")) == (1, [])
    over = Client().get(f"/en{link}").text
    assert "you have nothing more to sign" in over
    assert "you take part as" not in over


def test_each_side_writes_the_costs_that_it_pays_itself(planned):
    """H4: the same kind: neither says what the other spent, nor takes its line out."""
    line = make_budget_line(planned, payer="host", label="Hotel")
    edit = page_of(planned, "budget-line", line.pk)
    typed = {"category": "travel", "label": "Hotel", "unit": "nights", "quantity": "2"}
    typed |= {"unit_cost": "90", "currency": "EUR"}

    for payer in ("host", "applicant"):
        refused = planned.town.post(edit, typed | {"payer": payer, "spent": "900"}).text
    gone = planned.town.post(edit, {"remove": "1"}, follow=True).text
    added = planned.town.post(page_of(planned, "budget"), typed | {"payer": "host"}).text
    line.refresh_from_db()
    untouched = line.spent is None and planned.budget.count() == 1
    planned.expert.post(edit, typed | {"payer": "host", "spent": "180"})

    line.refresh_from_db()
    for words in (refused, gone, added):
        assert "The other side pays this" in words
    assert untouched and line.spent == 180


def chosen(page, name):
    """Return the choice that a list of a page begins with."""
    bound = page.context["form"][name]
    values = [str(value) for value, _words in bound.field.choices]
    return bound.value() if bound.value() in values else values[0]


def test_nothing_is_said_of_a_participant_or_a_cost_before_somebody_says_it(planned):
    new, cost = (planned.staff.get(page_of(planned, one)) for one in ("participants", "budget"))
    begun = [chosen(new, name) or "" for name in ("side", "part", "gender", "post")]
    payer = chosen(cost, "payer") or ""

    said = {name: value for name, value in FORM.items() if name not in ("gender", "post")}
    planned.town.post(page_of(planned, "participants"), said)
    kofi = planned.participants.get(name="Kofi")
    contact = planned.participants.get(side="requesting", address=planned.dossier.focal_email)

    assert (begun, payer) == ([""] * 4, "")
    assert [(one.gender, one.post) for one in (kofi, contact)] == [("", "")] * 2


def test_what_somebody_wrote_by_their_link_goes_with_them_as_the_page_promises(planned):
    """It stayed in the conversation, with their name and their telephone number."""
    esi = planned.participants.create(name="Esi Owusu", address="esi@x.example", side="requesting")
    kofi = planned.participants.create(name="Kofi", address="kofi@x.example", side="requesting")
    for person, text in ((esi, "Call me: +233 24 000 0000."), (kofi, "I bring the maps.")):
        conversation.post_exchange_message(person, text)
    edit = page_of(planned, "participant", esi.pk)
    promised = planned.town.get(edit).text

    planned.town.post(edit, {"remove": "1"})

    kept = MatchMessage.objects.values_list("name", "text")
    assert "what they wrote by their link in “Questions and answers”, will be deleted" in promised
    assert list(kept) == [(NAMELESS, ""), ("Kofi", "I bring the maps.")]
