"""Each decision at the desk is one click, and can be undone until a letter about it has left."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from applications.enums import Status
from connect.transitions import TransitionRefused
from exchanges.models import Exchange
from matching import decisions, desk, opportunities
from matching.enums import InterestStatus
from matching.models import Interest, Match, Opportunity
from matching.runs import rank_waiting, request_run
from matching.transitions import interest_machine
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.sending import claim_letters, send_waiting_letters
from registry.models import Expert, Offer
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now() + timedelta(days=1)  # after all that the makers wrote
LATER = timedelta(minutes=6)


@pytest.fixture
def ines():
    return make_officer()


def published(**fields):
    return make_dossier(status=Status.PUBLISHED, **fields)


def test_an_invitation_is_taken_back_before_it_leaves_and_made_again(ines):
    dossier, offer = published(), make_offer()
    interest = desk.invite_expert(dossier, offer.pk, actor=ines, now=NOW)
    assert send_waiting_letters(NOW) == 0  # it waits, so that it can be undone

    undone = decisions.undo_decision(interest, actor=ines, now=NOW)
    again = desk.invite_expert(dossier, offer.pk, actor=ines, now=NOW)

    assert (undone.status, again.status) == (InterestStatus.UNDONE, InterestStatus.INVITED)
    for mine in (Interest.objects.of_expert, Interest.objects.for_user):
        assert list(mine(offer.expert.user)) == []  # neither is known before it leaves
    assert send_waiting_letters(NOW + LATER) == 1
    assert Letter.objects.filter(cancelled_at=None).count() == 1
    with pytest.raises(ValidationError, match="has been sent"):
        decisions.undo_decision(again, actor=ines, now=NOW + timedelta(days=2))


@pytest.mark.parametrize(
    ("begun", "verb", "back"),
    [
        ("submitted", "screen", "submitted"),
        ("submitted", "decline", "submitted"),
        ("screened", "shortlist", "screened"),
        ("screened", "keep_in_reserve", "screened"),
        ("screened", "decline", "screened"),
        ("shortlisted", "keep_in_reserve", "shortlisted"),
        ("shortlisted", "decline", "shortlisted"),
        ("reserve", "shortlist", "reserve"),
        ("reserve", "decline", "reserve"),
    ],
)
def test_a_decision_on_an_answer_is_undone_with_its_letter(ines, begun, verb, back):
    interest = make_interest(published(), status=begun)
    interest_machine.advance(interest, verb, actor=ines, now=NOW)

    undone = decisions.undo_decision(interest, actor=ines, now=NOW)

    assert undone.status == back
    assert send_waiting_letters(NOW + LATER) == 0
    with pytest.raises(ValidationError, match="no decision to undo"):
        decisions.undo_decision(interest, actor=ines, now=NOW)


def test_a_decline_that_is_undone_names_where_the_expert_works_by_now(ines):
    interest = make_interest(published(), status="screened")
    interest_machine.advance(interest, "decline", actor=ines, now=NOW)
    elsewhere = make_authority("Almere")
    Expert.objects.update(authority=elsewhere, function_title="Head of water")

    undone = decisions.undo_decision(interest, actor=ines, now=NOW)

    undone.refresh_from_db()
    assert (undone.authority, undone.function_title) == (elsewhere, "Head of water")


def test_what_was_decided_last_is_all_that_is_told(ines):
    """17-5.1: an unsent letter that the next decision contradicts does not leave."""
    interest = make_interest(published(), status="screened")
    interest_machine.advance(interest, "keep_in_reserve", actor=ines, now=NOW)
    interest_machine.advance(interest, "shortlist", actor=ines, now=NOW)

    send_waiting_letters(NOW + LATER)

    told = Letter.objects.exclude(sent_at=None).values_list("template", flat=True)
    assert list(told) == ["interest_shortlist"]


def test_an_undone_decision_lets_the_news_before_it_leave(ines):
    interest = make_interest(published(), status="screened")
    interest_machine.advance(interest, "shortlist", actor=ines, now=NOW)
    interest_machine.advance(interest, "keep_in_reserve", actor=ines, now=NOW)
    decisions.undo_decision(interest, actor=ines, now=NOW)

    send_waiting_letters(NOW + LATER)

    told = Letter.objects.exclude(sent_at=None).values_list("template", flat=True)
    assert list(told) == ["interest_shortlist"]


def test_news_that_was_discarded_stays_so_when_a_later_decision_is_undone(ines, client):
    """It was restored with the decision, and left though an officer had said that it would not."""
    client.force_login(ines)
    rule = {"kind": "interest_shortlist", "group": "", "hold": "hours", "hours": "12"}
    client.post(reverse("admin:notifications_letter_holding"), rule)
    interest = make_interest(published(), status="screened")
    interest_machine.advance(interest, "shortlist", actor=ines, now=NOW)
    news = Letter.objects.get(template="interest_shortlist")
    drop = {"verb": "drop", "letter": [news.pk], "reason": "I write to her myself."}
    client.post(reverse("admin:notifications_letter_held"), drop)
    interest_machine.advance(interest, "decline", actor=ines, now=NOW)

    decisions.undo_decision(interest, actor=ines, now=NOW)

    send_waiting_letters(NOW + timedelta(days=2))
    news.refresh_from_db()
    assert news.sent_at is None and news.cancelled_at is not None
    assert not Letter.objects.exclude(sent_at=None).exists()


def test_a_request_that_is_closed_to_answers_invites_nobody_any_more(ines, client):
    """What is held back does not leave, and who had begun an answer is not asked to send it."""
    dossier, offer = published(), make_offer()
    make_interest(dossier, status="screened")
    begun = make_interest(dossier, status="draft")
    invited = desk.invite_expert(dossier, offer.pk, actor=ines, now=NOW)

    desk.begin_shortlisting(dossier, actor=ines, now=NOW)
    send_waiting_letters(NOW + LATER)

    invited.refresh_from_db()
    assert invited.status == InterestStatus.UNDONE
    assert not Letter.objects.filter(template="interest_invited").exclude(sent_at=None).exists()
    client.force_login(begun.expert.user)
    page = client.get(begun.get_absolute_url()).text
    assert "The request is closed: it takes no answers now." in page
    assert "Send my answer" not in page and "Save for later" in page


def test_a_choice_with_nobody_left_is_opened_again_and_others_are_invited(ines, client):
    """17-5.2: the desk asks before it closes, says what to do, and the way back is there."""
    dossier, other = published(), make_offer()
    first = make_interest(dossier, status="screened")
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])
    asked = client.get(page).text
    client.post(page, {"verb": "begin_shortlisting"})
    client.post(page, {"verb": f"decline {first.pk}"})

    stuck = client.get(page).text
    today = timezone.localdate()
    day, longest = today + timedelta(days=21), today + timedelta(weeks=8)
    for wrong in (timezone.localdate(), day + timedelta(weeks=9)):
        refused = client.post(page, {"verb": "seek_again", "open_until": wrong}, follow=True).text
        assert "Choose a day within eight weeks from today." in refused
    client.post(page, {"verb": "seek_again", "open_until": day})
    client.post(page, {"verb": f"invite {other.pk}"})

    assert f'min="{today + timedelta(days=1)}" max="{longest}"' in stuck
    assert "Yes, close it and choose" in asked and "There is nobody left to choose from" in stuck
    dossier.refresh_from_db()
    assert (dossier.status, dossier.opportunity.closes_on) == (Status.PUBLISHED, day)
    assert dossier.interests.get(expert=other.expert).status == InterestStatus.INVITED
    told = Letter.objects.filter(template="opportunity_reopened")
    assert dossier.focal_email in told.values_list("address", flat=True)


def test_an_expert_who_withdrew_can_answer_the_request_again(client):
    """17-5.12."""
    interest = make_interest(published(), make_offer().expert, status="draft")
    Interest.objects.update(days_possible="In May", references="Kofi, mayor")
    for verb, target in (("submit", "submitted"), ("correct", "draft")):  # it was sent before
        interest.events.create(verb=verb, target=target, at=timezone.now())
    client.force_login(interest.expert.user)
    reference = interest.dossier.reference
    typed = {"motivation": interest.motivation, "references": "Kofi", "days_possible": "In June"}
    client.post(reverse("interest-withdraw", args=[reference, interest.pk]), typed)

    page = client.get(reverse("opportunity", args=[reference])).text
    client.post(reverse("answer", args=[reference]))

    assert "Answer this request" in page and "View your answer" not in page
    assert sorted(Interest.objects.values_list("status", flat=True)) == ["draft", "withdrawn"]
    new = Interest.objects.get(status="draft")
    # What stood in the form, and was not saved, when the button was pressed.
    assert (new.motivation, new.days_possible) == (interest.motivation.strip(), "In June")
    assert new.references == "Kofi"


def test_what_is_too_long_does_not_go_with_a_withdrawal(client):
    """What stood in the form would have gone, all three texts of it, without a word."""
    interest = make_interest(published(), make_offer().expert, status="draft")
    for verb, target in (("submit", "submitted"), ("correct", "draft")):  # it was sent before
        interest.events.create(verb=verb, target=target, at=timezone.now())
    client.force_login(interest.expert.user)
    withdraw = reverse("interest-withdraw", args=[interest.dossier.reference, interest.pk])

    typed = {"motivation": "word " * 2000, "days_possible": "In June"}
    shown = client.post(withdraw, typed, follow=True).text

    interest.refresh_from_db()
    assert interest.status == "draft"
    assert "Nothing has been withdrawn: correct what you typed first" in shown
    assert "In June" in shown


def test_a_draft_that_was_never_sent_is_deleted_and_neither_declined_nor_withdrawn(client):
    """S1: its button said “Decline”, its message “withdrawn”, and My work listed it twice."""
    interest = make_interest(published(), make_offer().expert, status="draft")
    client.force_login(interest.expert.user)
    page = client.get(interest.get_absolute_url()).text
    withdraw = reverse("interest-withdraw", args=[interest.dossier.reference, interest.pk])

    after = client.post(withdraw, {"motivation": "Typed"}, follow=True).text

    interest.refresh_from_db()
    assert "Delete the draft" in page and "Decline" not in page
    assert "The draft has been deleted." in after and "Answer this request" in after
    assert (interest.status, interest.motivation, interest.cv.name) == ("undone", "", "")
    assert interest.dossier.title not in client.get(reverse("my")).text
    assert not Letter.objects.exists()


def test_a_request_that_was_answered_twice_stands_once_in_ones_work_and_staff_are_told_at_once(
    client,
):
    expert, dossier = make_offer().expert, published()
    first = make_interest(dossier, expert, status="submitted")
    client.force_login(expert.user)
    withdraw = reverse("interest-withdraw", args=[dossier.reference, first.pk])
    officer = make_officer()
    client.post(withdraw)
    told = Letter.objects.filter(template="interest_withdraw", address=officer.email)
    make_interest(dossier, expert, status="withdrawn")

    page = client.get(reverse("my")).text

    assert told.get().not_before <= timezone.now()
    assert page.count(dossier.title) == 1


def test_a_refused_answer_is_corrected_and_sent_at_the_next_press(ines, client):
    """What the refused post had saved was called somebody else's, until a third press."""
    interest = make_interest(published(), make_offer().expert, status="draft")
    Interest.objects.update(approach="", cv="cv.pdf", cv_name="cv.pdf")
    client.force_login(interest.expert.user)
    page, whole = interest.get_absolute_url(), "We went there together, and looked. " * 4
    names = ("saved", "motivation", "comparable_case", "approach")

    def press_send(shown, **changed):
        typed = {name: shown.context["form"][name].value() for name in names}
        return client.post(page, typed | changed | {"send": "1"}, follow=True)

    refused = press_send(client.get(page), approach="Too short.")
    press_send(refused, approach=whole)

    assert "10 characters so far: at least 100 are needed." in refused.text
    interest.refresh_from_db()
    assert (interest.status, interest.approach) == ("submitted", whole.strip())


def test_an_expert_corrects_a_sent_answer_while_the_request_is_open(ines, client):
    """E10, E11: only "I cannot help" was left, and what was typed was gone after it."""
    interest = make_interest(published(), make_offer().expert, status="draft")
    client.force_login(interest.expert.user)
    page = interest.get_absolute_url()
    typed = {name: getattr(interest, name) for name in ("motivation", "comparable_case")}
    client.post(page, typed | {"approach": f"In Mai. {interest.approach}", "send": "1"})
    sent = client.get(page).text
    told = Letter.objects.get(template="interest_submit")
    step = reverse("interest-correct", args=[interest.dossier.reference, interest.pk])

    opened = client.post(step, follow=True).text
    client.post(page, typed | {"approach": f"In May. {interest.approach}", "send": "1"})
    interest.refresh_from_db()
    an_hour_ago = timezone.now() - timedelta(hours=1)  # nobody can undo it any more
    Interest.objects.update(status="shortlisted", status_since=an_hour_ago)
    late = [client.post(step).status_code, step in client.get(page).text]

    assert "Edit my answer" in sent and "The programme team reads your answer" in sent
    assert "How would you go about it?" in sent and "Motivation" not in sent
    assert told.address == interest.expert.user.email
    assert "Your answer is a draft again" in opened and "In Mai." in opened
    assert (interest.status, interest.approach[:7]) == (InterestStatus.SUBMITTED, "In May.")
    received = Letter.objects.filter(template="interest_received")
    assert set(received.values_list("address", flat=True)) == {ines.email}
    assert received.count() == 2
    assert (Interest.objects.get().status, late) == (InterestStatus.SHORTLISTED, [302, False])


def test_every_fault_of_an_answer_is_said_at_once_at_its_field(client):
    """E9: a wrong CV hid four other faults, was said above alone, and nothing was marked."""
    interest = make_interest(published(), make_offer().expert, status="draft")
    Interest.objects.update(cv="", cv_name="")
    client.force_login(interest.expert.user)
    page = interest.get_absolute_url()
    empty = client.get(page).text
    picture = SimpleUploadedFile("me.png", b"\x89PNG\r\n\x1a\n" + b"0" * 300)

    typed = {"motivation": "Short", "partnership": "on", "send": "1", "cv": picture}
    answer = client.post(page, typed)

    assert empty.count("asteriskField") == 4
    wrong = {"cv", "motivation", "comparable_case", "approach", "partnership_text"}
    assert set(answer.context["form"].errors) == wrong
    assert '<a href="#id_cv">' in answer.text and "5 answers need attention" in answer.text


def test_a_letter_that_a_worker_holds_is_leaving_already(ines):
    """Check E4: a contrary decision takes back what has not left, and never what may have."""
    interest = make_interest(published(), status="screened")
    interest_machine.advance(interest, "decline", actor=ines, now=NOW)
    assert len(claim_letters(NOW + LATER, 10)) == 1  # and the worker is about to send it

    with pytest.raises(ValidationError, match="has been sent"):
        decisions.undo_decision(interest, actor=ines, now=NOW + LATER)
    interest.refresh_from_db()
    assert interest.status == InterestStatus.DECLINED
    Letter.objects.update(last_error="refused: try later")
    assert (
        decisions.undo_decision(interest, actor=ines, now=NOW + LATER).status
        == InterestStatus.SCREENED
    )


def test_nobody_but_an_officer_undoes_puts_aside_or_extends(ines):
    dossier, offer = published(), make_offer()
    interest = desk.invite_expert(dossier, offer.pk, actor=ines)

    for person in (offer.expert.user, make_user(works_for=dossier.authority)):
        for call in (
            lambda who: decisions.undo_decision(interest, actor=who),
            lambda who: decisions.put_offer_aside(dossier, offer.pk, reason="No.", actor=who),
            lambda who: decisions.restore_offer(dossier, offer.pk, actor=who),
            lambda who: opportunities.extend_deadline(dossier, date(2030, 1, 1), actor=who),
        ):
            with pytest.raises(PermissionDenied):
                call(person)


def test_an_offer_put_aside_leaves_the_list_with_its_reason_and_comes_back(ines, client):
    dossier, offer = published(), make_offer()
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])
    verb = {"verb": f"put_aside {offer.pk}"}

    why = client.post(page, verb, follow=True).text
    aside = client.post(page, verb | {f"aside-{offer.pk}": "Knows pits, not sewers."}, follow=True)
    back = client.post(page, {"verb": f"take_up {offer.pk}"}, follow=True)

    assert "Give the reason for dismissing it" in why
    assert aside.context["shown"].listed == [] and "Knows pits, not sewers." in aside.text
    assert f"Dismissed: {offer.expert} · {offer}" in aside.text
    assert [c.offer for c in back.context["shown"].listed] == [offer]
    assert dossier.put_aside.get().undone_at is not None


def test_an_exception_is_made_with_a_reason_that_stays_and_never_from_a_conflict(ines, client):
    dossier = published()
    near = make_offer(make_expert("Kwame", authority=make_authority(country="GH")))
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])

    assert "Make an exception" in client.get(page).text
    with pytest.raises(ValidationError, match="Give a reason for this exception"):
        desk.invite_expert(dossier, near.pk, actor=ines)
    why = {f"exception-{near.pk}": "A twin town."}
    client.post(page, {"verb": f"invite {near.pk}"} | why)

    interest = Interest.objects.get()
    assert (interest.excepted, interest.exception) == (["same_country"], "A twin town.")
    assert "A twin town." in client.get(page).text
    run = dossier.runs.first()
    run.near_misses = [entry | {"broken": ["conflict"]} for entry in run.near_misses]
    run.save()
    decisions.undo_decision(interest, actor=ines)
    with pytest.raises(ValidationError, match="no exception from this rule"):
        desk.invite_expert(dossier, near.pk, actor=ines, exception="All the same.")


@pytest.mark.parametrize(
    ("open_for", "first", "last"), [(10, 11, 56), (-5, 1, 56), (55, 56, 56), (56, None, None)]
)
def test_more_time_is_given_until_the_days_that_its_field_offers(
    ines, client, open_for, first, last
):
    """5.12: the field offered the present last day, and any later one, which were refused."""
    dossier, today = published(), timezone.localdate()

    def day(number):
        return today + timedelta(days=number)

    Opportunity.objects.update(closes_on=day(open_for))
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])

    field = re.search(
        r'id="closes_on" name="closes_on" min="(.*?)" max="(.*?)"', client.get(page).text
    )
    taken = {}
    for number in (open_for, 0, first, last, 57):
        if number is not None:
            client.post(page, {"verb": "extend", "closes_on": day(number), "meant": "1"})
            taken[number] = Opportunity.objects.get().extended_at is not None
            Opportunity.objects.update(closes_on=day(open_for), extended_at=None)

    offered = (day(first).isoformat(), day(last).isoformat()) if first else None
    assert (field and field.groups()) == offered
    assert {number for number, is_taken in taken.items() if is_taken} == {first, last} - {None}


def test_who_is_kept_in_reserve_or_declined_reads_of_no_choice_that_nobody_made(ines):
    """5.12: "another expert was chosen", before anybody was."""
    dossier, words = published(), {}
    for verb in ("keep_in_reserve", "decline"):
        interest = make_interest(dossier, status="screened")
        interest_machine.advance(interest, verb, actor=ines)
        letter = Letter.objects.get(template=f"interest_{verb}")
        words[verb] = " ".join(compose_letter(letter))

    assert not any("another expert" in text for text in words.values())
    assert (
        "is kept in reserve: others are considered first, and you may still"
        in (words["keep_in_reserve"])
    )


def test_a_request_is_given_more_time_once_and_all_concerned_are_told(ines):
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), published(authority=agona)
    answering = make_interest(dossier, status="draft")
    opportunity = Opportunity.objects.get()
    week = timedelta(weeks=1)

    for day in (opportunity.closes_on, timezone.localdate() + 9 * week, None):
        with pytest.raises(ValidationError, match="within eight weeks"):
            opportunities.extend_deadline(dossier, day, actor=ines)
    opportunities.extend_deadline(dossier, opportunity.closes_on + week, actor=ines)
    with pytest.raises(ValidationError, match="once"):
        opportunities.extend_deadline(dossier, opportunity.closes_on + 2 * week, actor=ines)

    told = set(Letter.objects.values_list("address", flat=True))
    assert {efua.email, answering.expert.user.email, dossier.focal_email} <= told
    former = date_format(opportunity.closes_on, "DATE_FORMAT")
    new = date_format(opportunity.closes_on + week, "DATE_FORMAT")
    assert dossier.events.get(verb="extend").changes == [f"was {former}, now {new}"]
    assert Opportunity.objects.get().closes_on == opportunity.closes_on + week


def test_an_expert_elsewhere_engaged_is_shown_so(ines, client):
    dossier, offer = published(), make_offer()
    other = published()
    desk.invite_expert(other, offer.pk, actor=ines)
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(ines)

    page = client.get(reverse("admin:matching_desk", args=[dossier.pk])).text

    taken = "Agreed with this offer since 1 January: 0; it takes 2 a year."
    assert f"{taken} Also asked for {other.reference}." in page


def test_the_number_of_agreed_exchanges_stands_beside_those_that_it_counts(ines, client):
    """“Agreed since 1 January: 0” stood beside an agreed exchange, of another offer."""
    dossier, expert, this_year = published(), make_expert("Ineke de Vries"), timezone.now()
    offer, other = make_offer(expert), make_offer(expert, title="Another thing")
    references = {}
    for number, (place, given, at) in enumerate(
        [
            ("this", offer, this_year),
            ("other", other, this_year),
            ("before", offer, this_year - timedelta(days=366)),
        ]
    ):
        asking = make_dossier(make_authority(), status=Status.MATCHED)
        interest = make_interest(asking, expert, status=InterestStatus.CHOSEN)
        Interest.objects.filter(pk=interest.pk).update(offer=given)
        match = Match.objects.create(
            dossier=asking,
            status="agreed",
            reference=f"MA-7-{number}",
            answer_by=NOW,
            status_since=at,
        )
        match.interests.add(interest)
        Exchange.objects.create(
            reference=f"EX-7-{number}", match=match, dossier=asking, form="expert_mission"
        )
        references[place] = asking.reference
    Offer.objects.filter(pk=other.pk).update(status="paused")
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(ines)

    page = client.get(reverse("admin:matching_desk", args=[dossier.pk])).text

    others = ", ".join(sorted([references["other"], references["before"]]))
    every = ", ".join(sorted(references.values()))
    assert (
        f"Agreed with this offer since 1 January: 1; it takes 2 a year. "
        f"Counted: {references['this']}. Agreed, and not completed yet: the exchange of {every}. "
        f"Not counted, since agreed with another offer or in an earlier year: {others}."
    ) in page


def test_the_desk_says_one_thing_of_a_person_whichever_offer_is_looked_at(ines, client):
    """F2.3, F2.4, F2.5: a turn is a person's, and an exchange is earlier once it was held."""
    dossier, expert, today = published(), make_expert(), timezone.localdate()
    # What began, what is over, where it stands.
    lives = {
        "Held": (today - timedelta(days=40), today - timedelta(days=35), "completed"),
        "Planned": (None, None, "planned"),
        "Put off": (None, None, "postponed"),
        "Broken off": (today - timedelta(days=40), None, "cancelled"),
    }
    make_offer(expert, title="Another thing")
    references = {}
    for number, (town, (begun, over, status)) in enumerate(lives.items()):
        asking = make_dossier(make_authority(town), status=Status.MATCHED)
        interest = make_interest(asking, expert, status=InterestStatus.CHOSEN)
        match = Match.objects.create(
            dossier=asking, status="agreed", reference=f"MA-8-{number}", answer_by=NOW
        )
        match.interests.add(interest)
        match.exchange = Exchange.objects.create(
            reference=f"EX-8-{number}",
            match=match,
            dossier=asking,
            form="expert_mission",
            status=status,
            actual_start=begun,
            actual_end=over,
        )
        references[town] = asking.reference
    make_offer(expert)
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(ines)

    page = " ".join(client.get(reverse("admin:matching_desk", args=[dossier.pk])).text.split())

    assert "Exchanges agreed in the last six months: 4" in page
    assert "Not called in the last six months" not in page
    [earlier] = re.findall(r"Earlier exchanges:(.*?)</p>", page)
    assert re.findall(r">([^<>]+), \d{4}<", earlier) == ["Held"]
    [engaged] = re.findall(r"Agreed, and not completed yet: the exchange of ([^<]*?)\.", page)
    assert engaged == ", ".join(sorted([references["Planned"], references["Put off"]]))
    assert "Also asked for" not in page


def test_a_step_that_undoes_is_refused_from_any_other_state(ines):
    interest = make_interest(published(), status="chosen")

    for verb in ("uninvite", "unscreen", "restore", "restore_shortlisted", "restore_reserve"):
        with pytest.raises(TransitionRefused):
            interest_machine.advance(interest, verb, actor=ines)


def test_who_withdrew_from_a_request_is_asked_about_before_they_are_invited_again(ines, client):
    """First in the ranking stood a plain “Invite” for somebody who had just withdrawn."""
    dossier, offer = published(), make_offer()
    interest = make_interest(dossier, offer.expert, status="screened")
    interest_machine.advance(interest, "withdraw", actor=offer.expert.user)
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])
    day = date_format(timezone.localdate(), "DATE_FORMAT")

    shown = client.get(page).text
    refused = client.post(page, {"verb": f"invite {offer.pk}"}, follow=True).text
    there = dossier.interests.filter(status="invited")

    assert f"withdrew on {day}" in shown and f'value="invite {offer.pk}"' not in shown
    assert f"{offer.expert} withdrew on {day}. To invite them again" in refused
    assert not there.exists()
    client.post(page, {"verb": f"invite_again {offer.pk}"})
    assert there.get().expert == offer.expert


def test_an_answer_that_a_rule_excludes_is_shortlisted_with_a_reason_alone(ines, client):
    dossier = published()
    kwame = make_expert("Kwame", authority=make_authority(country="GH"))
    make_offer(kwame)
    interest = make_interest(dossier, kwame, status="screened")
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])
    button = {"verb": f"shortlist {interest.pk}"}

    shown = client.get(page).text
    refused = client.post(page, button, follow=True).text
    interest.refresh_from_db()

    assert "Excluded by a rule" in shown and "Shortlist by way of exception" in shown
    assert f'aria-label="Shortlist: {kwame}"' not in shown
    assert "Give a reason for this exception" in refused and interest.status == "screened"
    why = {f"waiver-{interest.pk}": "A twin town."}
    after = client.post(page, button | why, follow=True).text
    interest.refresh_from_db()
    assert (interest.status, interest.excepted) == ("shortlisted", ["same_country"])
    assert "Shortlisted by way of exception: A twin town." in after
    # The expert reads that they are shortlisted, and nothing of why a rule was waived.
    told = Letter.objects.get(template="interest_shortlist")
    assert "twin" not in " ".join(compose_letter(told))


def test_no_reason_shortlists_an_answer_with_a_conflict_of_interest(ines, client):
    dossier = published()
    interest = make_interest(dossier, make_offer().expert, status="screened")
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    run = dossier.runs.first()
    run.answers = [entry | {"broken": ["conflict"]} for entry in run.answers]
    run.save()
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])

    assert f'value="shortlist {interest.pk}"' not in client.get(page).text
    with pytest.raises(ValidationError, match="no exception from this rule"):
        decisions.shortlist_answer(interest, actor=ines, exception="All the same.")
    with pytest.raises(PermissionDenied):
        decisions.shortlist_answer(interest, actor=make_user(), exception="All the same.")
