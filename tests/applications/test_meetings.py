"""Meetings of the committee: members invited, cases decided, minutes signed by the chair."""

import io
from datetime import datetime, time, timedelta

import pypdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from applications import meetings, minutes
from applications.enums import GRID, Status
from applications.forms.meeting_forms import CaseForm
from applications.meeting_machine import meeting_machine, sign_minutes
from applications.models import Call, Meeting
from applications.reminders import remind_committee
from applications.transitions import dossier_machine
from connect.transitions import TransitionRefused
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import make_call, make_dossier, make_member, make_officer
from tests.worlds import form_data

pytestmark = pytest.mark.django_db


class Committee:
    """Three members, two applications that all scored, and a meeting planned for today."""

    def __init__(self):
        self.ines, self.call = make_officer("Ines"), make_call(quorum=2)
        self.anna, self.jan, self.marie = map(make_member, ("Anna", "Jan", "Marie"))
        self.members = [self.anna, self.jan, self.marie]
        self.low, self.high = (
            make_dossier(status=Status.UNDER_SELECTION, call=self.call) for _ in range(2)
        )
        self.score(self.low, 61), self.score(self.high, 88)
        self.meeting = self.plan()

    def score(self, dossier, total):
        for member in self.members:
            dossier.scores.create(
                member=member, points=points(total), total=total, at=timezone.now()
            )

    def plan(self, days=0, **details):
        day = timezone.localdate() + timedelta(days=days)
        hours = {
            "starts_at": timezone.make_aware(datetime.combine(day, time(9))),
            "ends_at": timezone.make_aware(datetime.combine(day, time(12))),
        }
        said = {"place": "Brussels", "link": "", "chair": self.anna, "members": self.members}
        return meetings.plan_meeting(self.call, actor=self.ines, **hours | said | details)

    def case_of(self, dossier):
        return self.meeting.cases.get(dossier=dossier)

    def attend(self, *people):
        present = [one.pk for one in people or self.members]
        meetings.save_presence(self.meeting, actor=self.ines, present=present)

    def decide(self, dossier, outcome, **said):
        return meetings.decide_case(self.case_of(dossier), actor=self.ines, outcome=outcome, **said)

    def page(self, name, *args):
        where = [self.call.pk, self.meeting.pk, *args]
        return reverse(f"admin:applications_call_{name}", args=where)


def points(total):
    left, given = total, {}
    for code, (_label, most) in GRID.items():
        given[code] = min(left, most)
        left -= given[code]
    return given


def read_pdf(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def test_a_meeting_is_held_on_the_desk_and_its_minutes_are_signed_on_the_chairs_page(client):
    room = Committee()
    other = room.plan(days=9)
    client.force_login(room.ines)

    client.post(room.page("meeting"), {"presence": "1", "present": [room.anna.pk, room.jan.pk]})
    case = room.page("meeting_case", room.case_of(room.high).pk)
    said = {"proposal": "validate", "outcome": "validate", "reason": "Clear to all."}
    votes = {"votes_for": "2", "votes_against": "0", "abstentions": "0"}
    too_many = client.post(case, said | votes | {"votes_for": "3"}).text
    after = client.post(case, said | votes)
    early = client.post(room.page("meeting_step", "hold"), follow=True).text
    client.post(
        room.page("meeting_case", room.case_of(room.low).pk),
        {"outcome": "not_select", "note": "The town's own part is not clear."},
    )
    client.post(room.page("meeting_step", "hold"))
    typed = minutes_form(client.get(room.page("minutes")).context["form"])
    edited = typed | {"closing": "The chair thanked all."}
    client.post(room.page("minutes"), edited)
    draft = read_pdf(client.get(room.page("minutes_pdf")).content)
    client.post(room.page("meeting_step", "send_to_chair"))
    client.force_login(room.anna)
    mine = reverse("committee-meeting", args=[room.meeting.pk])
    shown = client.get(mine)
    client.post(mine, {"step": "sign", "digest": shown.context["digest"]})
    signed = read_pdf(client.get(reverse("committee-minutes", args=[room.meeting.pk])).content)

    room.high.refresh_from_db(), room.low.refresh_from_db(), room.meeting.refresh_from_db()
    assert (room.high.status, room.low.status) == ("validated", "not_selected")
    assert "2 members can vote on this case" in too_many
    assert after.url == room.page("meeting_case", room.case_of(room.low).pk)
    assert f"what was decided of {room.low.reference}" in early
    for words in (
        *("Present: Anna, Jan", "Absent: Marie", "88 · 88 · 88", "Mean: 88.0", "Clear to all."),
        *("2 for, 0 against, 0 abstained", "agreed without a vote", "The chair thanked all."),
    ):
        assert words in draft
    assert "Draft: the chair has not signed it." in draft and "Sign the minutes" in shown.text
    assert "Signed by Anna, chair" in signed and "Draft" not in signed
    told = [event.verb for event in room.meeting.events.all()]
    assert told == ["plan", "attend", "hold", "edit_minutes", "send_to_chair", "sign"]
    assert other.cases.count() == 0  # what stands on one agenda is not put on another
    assert room.meeting.events.last().details["digest"] == minutes.digest_of_minutes(room.meeting)
    with pytest.raises(PermissionDenied):
        minutes.save_minutes(
            room.meeting, actor=room.ines, chair=room.jan, opening="", closing="", texts={}
        )


def test_who_is_present_is_saved_with_whichever_button_is_pressed(client):
    """The page had three forms: a step, or the agenda, lost who had been ticked."""
    room = Committee()
    client.force_login(room.ines)
    ticked = {"shown": "agenda presence", "present": [room.anna.pk]}
    there = room.meeting.members.filter(is_present=True).values_list("member_id", flat=True)

    client.post(room.page("meeting_step", "hold"), ticked)
    after_step = list(there)
    client.post(room.page("meeting"), ticked | {"was_present": [room.anna.pk], "agenda": "1"})

    assert (after_step, list(there)) == ([room.anna.pk],) * 2
    assert room.meeting.events.filter(verb="attend").count() == 1


def minutes_form(form):
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def test_attendance_that_is_saved_twice_stands_once_in_the_history():
    room = Committee()

    for people in ([room.anna], [room.anna], [room.anna, room.jan]):
        room.attend(*people)

    assert room.meeting.events.filter(verb="attend").count() == 2


def test_members_are_invited_told_of_changes_and_of_cancelling_with_a_calendar():
    room = Committee()
    first = Letter.objects.filter(template="meeting_invited")
    uid = str(room.meeting.uid)
    files = [letter.context["calendar"] for letter in first]
    first.filter(address=room.anna.email).update(sent_at=timezone.now())
    details = {
        name: getattr(room.meeting, name) for name in ("starts_at", "ends_at", "link", "chair")
    }

    meetings.change_meeting(
        room.meeting, actor=room.ines, members=room.members[:2], place="Liège", **details
    )
    changed = Letter.objects.unsent().filter(template="meeting_invited").order_by("address")
    told = {letter.address: letter.context["is_changed"] for letter in changed}
    sequence = changed[0].context["calendar"]
    changed.update(sent_at=timezone.now())
    meeting_machine.advance(room.meeting, "cancel", actor=room.ines, note="The chair is ill.")
    cancelled = Letter.objects.filter(template="meeting_cancelled").order_by("pk")

    assert len(files) == 3 and all(f"UID:{uid}@connect" in one for one in files)
    assert told == {room.anna.email: True, room.jan.email: False}
    assert "SEQUENCE:1" in sequence and "LOCATION:Liège" in sequence
    assert {one.address for one in cancelled} == {room.anna.email, room.jan.email}
    last = cancelled[0].context
    assert "METHOD:CANCEL" in last["calendar"] and "SEQUENCE:2" in last["calendar"]
    assert last["note"] == "The chair is ill."
    room.call.refresh_from_db()
    assert room.call.meeting_on is None


def test_who_is_taken_off_a_meeting_that_moves_reads_of_the_day_that_they_know():
    """She read “Cancelled”, of a day that she had never heard of; the meeting took place."""
    room = Committee()
    Letter.objects.filter(template="meeting_invited").update(sent_at=timezone.now())
    known = room.meeting.day
    details = {name: getattr(room.meeting, name) for name in ("place", "link", "chair")}
    for name in ("starts_at", "ends_at"):
        details[name] = getattr(room.meeting, name) + timedelta(days=7)

    meetings.change_meeting(room.meeting, actor=room.ines, members=room.members[:2], **details)
    (letter,) = Letter.objects.filter(template="meeting_cancelled")
    subject, text = compose_letter(letter)[:2]

    day = date_format(known, "DATE_FORMAT")
    assert letter.address == room.members[2].email
    assert subject == f"You are no longer invited: meeting of the selection committee, {day}"
    assert day in text and date_format(known + timedelta(days=7), "DATE_FORMAT") not in text
    assert not [words for words in ("ancelled", "planned") if words in text]
    file = letter.context["calendar"]
    assert "METHOD:CANCEL" in file and "SEQUENCE:1" in file and f"DTSTART:{known:%Y%m%d}" in file


def test_the_day_of_a_call_is_that_of_its_next_planned_meeting():
    room = Committee()
    room.plan(days=9)
    first = Call.objects.get().meeting_on

    meeting_machine.advance(room.meeting, "cancel", actor=room.ines, note="Too early.")

    today = timezone.localdate()
    assert (first, Call.objects.get().meeting_on) == (today, today + timedelta(days=9))


def test_who_has_a_conflict_leaves_for_that_case_and_without_quorum_it_is_postponed(client):
    room = Committee()
    for member in (room.jan, room.marie):
        room.low.conflicts.create(member=member, has_conflict=True, at=timezone.now())
    with pytest.raises(ValidationError, match="First save who is present"):
        room.decide(room.high, "validate")
    room.attend(room.anna, room.jan)
    client.force_login(room.ines)

    shown = client.get(room.page("meeting")).text
    with pytest.raises(ValidationError, match="no quorum for this case: 1 of 2"):
        room.decide(room.low, "validate")
    room.decide(room.low, "postpone", reason="Too few without a conflict.")
    room.decide(room.high, "reserve")
    client.force_login(room.jan)
    mine = client.get(reverse("committee-meeting", args=[room.meeting.pk])).text

    assert "Jan, Marie" in shown and "No quorum: 1 of 2" in shown
    room.low.refresh_from_db()
    assert room.low.status == Status.UNDER_SELECTION
    assert (room.low.reference in mine, room.high.reference in mine) == (False, True)
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)
    assert meetings.waiting_for_meeting(room.call, room.ines) == [room.low]


def test_a_decision_recorded_on_the_file_is_in_the_meeting_under_way_and_in_no_other():
    room = Committee()
    ahead = room.plan(days=9)
    ahead.cases.create(dossier=room.low, position=1)
    room.attend()

    dossier_machine.advance(room.low, "not_select", actor=room.ines, note="Not clear.")

    case = room.case_of(room.low)
    assert (case.outcome, case.reason, case.decision.verb) == (
        "not_select",
        "Not clear.",
        "not_select",
    )
    assert ahead.cases.get().decision is None


def test_minutes_take_from_the_file_no_overruling_no_internal_note_and_no_vote():
    room = Committee()
    overruled, postponed = make_dossier(status=Status.RESERVE, call=room.call), room.low
    room.meeting.cases.create(dossier=overruled, position=9)
    room.attend()
    room.ines.is_superuser = True
    room.decide(postponed, "postpone", votes_for=3, votes_against=0, abstentions=0)

    dossier_machine.advance(overruled, "overrule", actor=room.ines, note="The minister asked.")
    dossier_machine.advance(postponed, "validate", actor=room.ines)
    dossier_machine.advance(room.high, "reserve", actor=room.ines, internal="Rather weak.")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)

    held = {case.dossier_id: case for case in room.meeting.cases.all()}
    told = [held[one.pk].minutes.splitlines()[-1] for one in (overruled, postponed, room.high)]
    assert told == [
        "Decision: none in this meeting",
        "Decision: Postponed to another meeting",
        f"Decision: {held[room.high.pk].outcome_words}",
    ]
    assert "Vote" not in held[room.high.pk].minutes and held[room.high.pk].reason == ""


def test_a_decision_counts_in_no_meeting_of_an_earlier_day_but_in_the_one_that_took_it():
    room = Committee()
    past = {"starts_at": room.meeting.starts_at - timedelta(days=20)}
    Meeting.objects.filter(pk=room.meeting.pk).update(**past)

    dossier_machine.advance(room.low, "validate", actor=room.ines)
    room.attend()
    later = room.plan()
    later.cases.create(dossier=room.high, position=1)
    room.decide(room.high, "validate")

    kept = [room.case_of(room.low).outcome, room.case_of(room.high).decision.verb]
    assert (kept, later.cases.get().decision) == (["", "validate"], None)


def test_a_postponed_case_is_not_offered_on_its_own_agenda_and_stays_in_its_record(client):
    room = Committee()
    room.attend()
    room.decide(room.low, "postpone", reason="Too late.")
    client.force_login(room.ines)

    waiting = client.get(room.page("meeting")).context["waiting"]
    posted = {"agenda": "1", "added": [room.low.pk], "removed": [room.case_of(room.low).pk]}
    client.post(
        room.page("meeting"), posted | {"removed": [c.pk for c in room.meeting.cases.all()]}
    )

    kept = list(room.meeting.cases.values_list("dossier", "reason"))
    gone = room.meeting.events.last().details
    assert (waiting, kept) == ([], [(room.low.pk, "Too late.")])
    assert gone == {"removed": [room.high.reference]}


def test_a_meeting_with_a_record_is_closed_and_not_offered_to_be_cancelled(client):
    room = Committee()
    room.attend()
    client.force_login(room.ines)

    shown = client.get(room.page("meeting")).text

    with pytest.raises(TransitionRefused, match="close this one instead"):
        meeting_machine.advance(room.meeting, "cancel", actor=room.ines, note="No more.")
    assert "close this one instead" in shown and 'name="cancel-note"' not in shown


def test_a_case_says_before_anything_is_typed_which_decisions_are_not_possible(client):
    room = Committee()
    room.low.scores.update(total=54)
    room.high.conflicts.create(member=room.jan, has_conflict=True, at=timezone.now())
    room.attend(room.anna, room.jan)
    client.force_login(room.ines)

    low, high = (
        client.get(room.page("meeting_case", room.case_of(one).pk)).context["obstacles"]
        for one in (room.low, room.high)
    )

    below = (
        "a mean of 60 points, where it has 54.0: do not select it, or an administrator validates "
        "it with a written reason"
    )
    assert low == [f"Validate: {below}", f"Put on the reserve list: {below}"]
    assert high == [
        "There is no quorum for this case: 1 of 2 members are present without a conflict of "
        "interest. Postpone it."
    ]


def test_a_chair_signs_the_minutes_that_they_read_and_no_others(client):
    room = Committee()
    room.attend()
    for dossier in (room.low, room.high):
        room.decide(dossier, "reserve")
    for verb in ("hold", "send_to_chair"):
        meeting_machine.advance(room.meeting, verb, actor=room.ines)
    client.force_login(room.anna)
    mine = reverse("committee-meeting", args=[room.meeting.pk])
    read = client.get(mine).context["digest"]
    Meeting.objects.filter(pk=room.meeting.pk).update(place="Elsewhere")

    refused = client.post(mine, {"step": "sign", "digest": read}, follow=True)
    without = client.post(mine, {"step": "sign"}, follow=True)
    now = {"step": "sign", "digest": refused.context["digest"]}
    client.post(mine, now)

    told = ["read the minutes again" in one.text for one in (refused, without)]
    room.meeting.refresh_from_db()
    assert (told, room.meeting.status) == ([True, True], "signed")


def test_two_officers_who_edit_minutes_or_a_meeting_lose_nothing_of_each_other(client):
    room = Committee()
    room.attend()
    client.force_login(room.ines)
    change, page = room.page("meeting_change"), room.page("minutes")
    seen = minutes_form(client.get(change).context["form"])
    client.post(change, seen | {"place": "Liège"})
    client.post(change, seen | {"link": "https://meet.example.org/2"})
    for dossier in (room.low, room.high):
        room.decide(dossier, "reserve")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)
    opened = minutes_form(client.get(page).context["form"])
    client.post(page, opened | {"opening": "Met at nine."})
    client.post(page, opened | {"closing": "Thanks."})
    refused = client.post(page, opened | {"opening": "Met at ten."}).text

    one = Meeting.objects.get(pk=room.meeting.pk)
    assert (one.place, one.link) == ("Liège", "https://meet.example.org/2")
    assert (one.opening, one.closing) == ("Met at nine.", "Thanks.")
    assert "saved here: “Met at nine.”" in refused


def test_minutes_that_no_two_members_can_sign_are_recorded_with_a_reason_that_they_say(client):
    """All had a conflict of interest in one decided case: the minutes were drafts for ever."""
    room = Committee()
    room.attend()
    client.force_login(room.ines)
    for dossier in (room.low, room.high):
        room.decide(dossier, "reserve")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)
    desk = room.meeting.desk_path
    before = client.get(desk).text
    with pytest.raises(TransitionRefused, match="name them in the minutes"):
        meeting_machine.advance(room.meeting, "record_unsigned", actor=room.ines, note="Late.")
    for member in room.meeting.members.all():
        room.high.conflicts.create(member=member.member, has_conflict=True, at=timezone.now())
    with pytest.raises(TransitionRefused, match="record with a reason that nobody can sign"):
        meeting_machine.advance(room.meeting, "send_to_chair", actor=room.ines)

    shown = client.get(desk).text
    step = reverse(
        "admin:applications_call_meeting_step",
        args=[room.call.pk, room.meeting.pk, "record_unsigned"],
    )
    empty = client.post(step, {"record_unsigned-note": ""}).text
    client.post(step, {"record_unsigned-note": "All of them know the mayor."})

    one = Meeting.objects.get(pk=room.meeting.pk)
    assert ["Record that nobody can sign" in page for page in (before, shown)] == [False, True]
    assert one.status == "signed" and "This field is required." in empty
    assert "All of them know the mayor." in minutes.describe_signature(one)
    text = read_pdf(minutes.minutes_pdf(one))
    assert "Recorded by Ines" in " ".join(text.split()) and "Draft" not in text


def test_a_chair_with_a_conflict_signs_nothing_until_another_is_named():
    room = Committee()
    room.attend()
    room.high.conflicts.create(member=room.anna, has_conflict=True, at=timezone.now())
    for dossier in (room.low, room.high):
        room.decide(dossier, "reserve")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)
    with pytest.raises(TransitionRefused, match="name them in the minutes"):
        meeting_machine.advance(room.meeting, "send_to_chair", actor=room.ines)

    said = {"opening": "Met.", "closing": "", "texts": {}}
    minutes.save_minutes(room.meeting, actor=room.ines, chair=room.jan, **said)
    meeting_machine.advance(room.meeting, "send_to_chair", actor=room.ines)
    meeting_machine.advance(room.meeting, "send_back", actor=room.jan, note="A vote is missing.")

    assert Meeting.objects.get(pk=room.meeting.pk).status == "held"
    told = Letter.objects.filter(template__startswith="minutes_").order_by("pk")
    assert [(one.template, one.address) for one in told] == [
        ("minutes_to_sign", room.jan.email),
        ("minutes_sent_back", room.ines.email),
    ]


def test_staff_change_the_order_of_an_agenda_and_what_is_on_it(client):
    room = Committee()
    new = make_dossier(status=Status.UNDER_SELECTION, call=room.call)
    high, low = room.meeting.cases.all()
    client.force_login(room.ines)
    order = {f"order-{high.pk}": "2", f"order-{low.pk}": "1"}

    client.post(room.page("meeting"), {"agenda": "1", "added": [new.pk], **order})
    added = list(room.meeting.cases.values_list("dossier", "position"))
    client.post(room.page("meeting"), {"agenda": "1", "removed": [high.pk]})

    assert added == [(room.low.pk, 1), (room.high.pk, 2), (new.pk, 3)]
    assert list(room.meeting.cases.values_list("dossier", "position")) == [
        (room.low.pk, 1),
        (new.pk, 2),
    ]


def test_a_member_says_whether_they_come_and_staff_see_the_quorum_before(client):
    room = Committee()
    client.force_login(room.marie)
    page = reverse("committee-meeting", args=[room.meeting.pk])
    asked = client.get(reverse("my")).text

    client.post(page, {"comes": "no"})
    client.force_login(room.ines)
    shown = client.get(room.page("meeting")).text

    assert "Say whether you come to the meeting" in asked
    assert "Members who may come: 2. Quorum: 2." in shown and "does not come" in shown


def test_the_form_of_a_meeting_asks_for_a_place_and_a_chair_among_those_invited(client):
    room = Committee()
    client.force_login(room.ines)
    page = reverse("admin:applications_call_meeting_new", args=[room.call.pk])
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    typed = {"day": day, "begins": "12:00", "ends": "9:00", "chair": room.anna.pk}

    refused = client.post(page, typed | {"members": [room.jan.pk]}).context["form"].errors
    good = typed | {
        "ends": "14:00",
        "members": [room.anna.pk],
        "link": "https://meet.example.org/1",
    }
    early = client.post(page, good)  # what is sent later would miss it
    client.post(page, good | {"meant": "on"})

    assert set(refused) == {"ends", "place", "chair", "day"}
    assert early.context["form"].errors["day"][0].startswith("The call is still open then")
    assert 'name="meant"' in early.text
    made = Meeting.objects.get(link="https://meet.example.org/1")
    assert [one.member for one in made.members.all()] == [room.anna]


def test_only_another_hour_of_a_meeting_asks_whether_the_call_is_still_open(client):
    room = Committee()
    room.meeting = room.plan(days=3)
    client.force_login(room.ines)
    page = reverse("admin:applications_call_meeting_change", args=[room.call.pk, room.meeting.pk])

    def change(**said):
        return client.post(page, form_data(client.get(page).context["form"]) | said).status_code

    same = change(place="Ghent")
    Call.objects.update(closes_at=room.meeting.ends_at)
    later, after = change(begins="10:00"), change(begins="12:30", ends="14:00")

    assert (same, later, after) == (302, 200, 302)


@pytest.mark.parametrize("number", [2, 12])
def test_the_page_of_a_meeting_asks_the_database_as_often_for_twelve_cases(
    client, django_assert_max_num_queries, number
):
    room = Committee()
    for _ in range(number - 2):
        extra = make_dossier(status=Status.UNDER_SELECTION, call=room.call)
        room.meeting.cases.create(dossier=extra, position=9)
    client.force_login(room.ines)
    client.get(reverse("my"))
    client.get(reverse("admin:index"))

    with django_assert_max_num_queries(45):
        client.get(room.page("meeting"))


def test_what_is_typed_into_a_form_of_a_meeting_that_moved_on_is_shown_again(client):
    room = Committee()
    room.attend()
    client.force_login(room.ines)
    case = room.page("meeting_case", room.case_of(room.high).pk)
    change = room.page("meeting_change")
    typed = {"outcome": "reserve", "reason": "Good.", "votes_for": "3", "votes_against": "0"}
    changed = minutes_form(client.get(change).context["form"]) | {"place": "Liège"}
    room.decide(room.high, "validate")

    decided = client.post(case, typed | {"abstentions": "0"})
    noted = client.post(room.page("meeting"), {"agenda": "1", "cancel-note": "Ill."})
    refused = client.post(room.page("meeting_step", "cancel"), {"cancel-note": "Ill."})
    room.decide(room.low, "reserve")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)
    page = room.page("minutes")
    edited = minutes_form(client.get(page).context["form"]) | {"closing": "Thanks."}
    meeting_machine.advance(room.meeting, "send_to_chair", actor=room.ines)
    late = client.post(page, edited)
    sent = [client.post(change, changed), client.post(room.page("meeting"), {"presence": "1"})]

    shown = [line for line in decided.text.splitlines() if "dir=" in line and "<p" in line]
    assert "This case has been decided meanwhile." in decided.text
    for words in ("Decision: Put on the reserve list", "Votes for: 3", "Votes against: 0"):
        assert any(words in line for line in shown)
    assert all("Ill." in one.text for one in (noted, refused))
    assert "close this one instead" in refused.text
    assert "minutes to be signed" in late.text and "Thanks." in late.text
    assert "Liège" in sent[0].text and "minutes to be signed" in sent[1].text
    client.force_login(room.anna)
    mine = reverse("committee-meeting", args=[room.meeting.pk])
    meeting_machine.advance(room.meeting, "send_back", actor=room.ines, note="One more word.")
    back = client.post(mine, {"step": "send_back", "note": "Wrong."}).text
    assert "Wrong." in back and "held: the minutes are being written" in back


def test_the_day_of_a_call_is_that_of_the_next_meeting_though_an_old_one_is_still_open():
    room = Committee()
    today, next_on = timezone.localdate(), timezone.localdate() + timedelta(days=5)
    room.plan(days=5)
    kofi = make_member("Kofi")
    old = make_call(meeting_on=today - timedelta(days=30))

    meetings.save_meeting_days(today + timedelta(days=1))
    remind_committee(next_on - timedelta(days=2))

    days = [Call.objects.get(pk=one.pk).meeting_on for one in (room.call, old)]
    reminded = Letter.objects.filter(template="committee_assigned", address=kofi.email)
    assert days == [next_on, None]
    assert [one.context["meeting_on"] for one in reminded] == [next_on.isoformat()]


def test_the_day_of_a_call_that_has_no_meeting_yet_is_changed_or_emptied(client):
    day = timezone.localdate() + timedelta(days=30)
    call, planned = make_call(meeting_on=day), Committee().call
    whole_minute = planned.closes_at.replace(second=0, microsecond=0)  # as a form can write it
    Call.objects.filter(pk=planned.pk).update(closes_at=whole_minute)
    client.force_login(make_officer("Olga"))
    page = reverse("admin:applications_call_change", args=[call.pk])
    other = reverse("admin:applications_call_change", args=[planned.pk])
    typed = form_data(client.get(page).context["adminform"].form)
    later = {"opens_at": f"{day + timedelta(days=1)}T09:00"}
    meets = form_data(client.get(other).context["adminform"].form)

    refused = client.post(page, typed | later).context["adminform"].form.errors
    client.post(page, typed | {"meeting_on": ""})
    both = client.post(other, meets | later).context["adminform"].form.errors

    assert (set(refused), set(both)) == ({"opens_at"}, {"opens_at"})
    assert "meeting_on" not in meets and Call.objects.get(pk=call.pk).meeting_on is None


def test_an_outcome_is_told_as_an_outcome_and_an_open_case_has_none(client):
    room = Committee()
    room.attend()
    room.decide(room.low, "postpone")
    client.force_login(room.ines)

    shown = client.get(room.page("meeting")).text

    assert "Postponed to another meeting" in shown and "under selection" not in shown


@pytest.mark.parametrize(
    ("proposal", "outcome", "votes", "doubt"),
    [
        ("validate", "validate", (1, 2, 0), "More members voted against than for."),
        ("validate", "validate", (1, 1, 1), "It is a tie."),
        ("", "validate", (1, 0, 2), "Not more than half voted for."),
        ("validate", "reserve", (2, 1, 0), "The proposal has more votes for than against."),
        ("validate", "postpone", (2, 1, 0), "The proposal has more votes for than against."),
        ("validate", "validate", (2, 1, 0), ""),
        ("validate", "reserve", (1, 2, 0), ""),
        ("validate", "validate", (None, None, None), ""),
    ],
)
def test_a_decision_that_the_vote_does_not_carry_is_asked_about(proposal, outcome, votes, doubt):
    names = ("votes_for", "votes_against", "abstentions")
    typed = {"proposal": proposal, "outcome": outcome} | dict(zip(names, votes))
    typed = {name: "" if value is None else str(value) for name, value in typed.items()}

    asked, meant = CaseForm(typed), CaseForm(typed | {"meant": "on"})

    said = asked.errors.get("outcome", [""])[0]
    assert (doubt in said, bool(asked.errors), "meant" in asked.fields) == (
        True,
        bool(doubt),
        bool(doubt),
    )
    assert meant.is_valid()


def test_a_case_says_before_anything_is_typed_that_who_is_present_comes_first(client):
    room = Committee()
    client.force_login(room.ines)
    page = room.page("meeting_case", room.case_of(room.low).pk)

    before = client.get(page).text
    refused = client.post(page, {"outcome": "validate", "reason": "It is good."}).text
    room.attend()
    after = client.get(page).text

    said = "First save who is present."
    assert [said in text for text in (before, refused, after)] == [True, True, False]
    assert ['name="reason"' in text for text in (before, refused, after)] == [False, True, True]
    assert "It is good." in refused


def test_hours_that_are_over_are_refused_and_two_meetings_at_once_asked_about(client):
    room = Committee()
    client.force_login(room.ines)
    page = reverse("admin:applications_call_meeting_new", args=[room.call.pk])
    Call.objects.filter(pk=room.call.pk).update(closes_at=timezone.now() - timedelta(days=1))
    room.plan(days=3)
    hours = {"day": timezone.localdate().isoformat(), "begins": "00:00", "ends": "00:01"}
    typed = {"place": "Brussels", "chair": room.anna.pk, "members": [room.anna.pk, room.jan.pk]}
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    twice = typed | {"day": day, "begins": "11:00", "ends": "13:00"}

    over = client.post(page, typed | hours).context["form"].errors
    asked = client.post(page, twice).context["form"].errors
    meant = client.post(page, twice | {"meant": "on"})

    assert over["ends"] == ["This hour is over."]
    assert asked["members"][0].startswith("Invited to another meeting at that hour: Anna, Jan.")
    assert (list(asked), meant.status_code) == (["members"], 302)


def test_an_invitation_says_where_to_join_and_what_is_on_the_agenda():
    room = Committee()
    room.plan(days=3, place="", link="https://meet.example.org/2")

    body = compose_letter(Letter.objects.filter(template="meeting_invited").latest("pk"))[1]

    assert "Join online: https://meet.example.org/2" in body
    first = Committee()
    body = compose_letter(Letter.objects.filter(template="meeting_invited").latest("pk"))[1]
    assert f"On the agenda: {first.high.reference}; {first.low.reference}" in body


def test_whoever_planned_a_meeting_learns_that_its_chair_or_its_quorum_is_missing(client):
    room = Committee()
    ahead = room.plan(days=3)
    client.force_login(room.ines)
    tasks = []
    for member in (room.jan, room.marie, room.anna):
        meetings.answer_invitation(ahead, member=member, comes=False)
        tasks.append(client.get(reverse("my")).text)

    quorum, chair = "Find another day: too few come", "Name another chair, or another day"
    assert [quorum in text for text in tasks] == [False, True, False]
    assert [chair in text for text in tasks] == [False, False, True]
    told = Letter.objects.filter(template="meeting_short").order_by("pk")
    assert [(one.address, compose_letter(one)[0].split(": ")[1]) for one in told] == [
        (room.ines.email, "too few members can come"),
        (room.ines.email, "the chair cannot come"),
    ]


def test_who_has_no_account_any_more_is_not_written_to_nor_counted_for_a_meeting():
    """What told of a gap, and minutes sent back, went to an officer who had left."""
    room = Committee()
    tomas, ahead = make_officer("Tomas"), room.plan(days=3)
    Letter.objects.all().delete()
    for person in (room.ines, room.anna):  # who planned it, and its chair
        person.is_active = False
        person.save()

    meetings.answer_invitation(ahead, member=room.jan, comes=False)
    meeting_machine.advance(ahead, "cancel", actor=tomas, note="Nobody comes.")

    told = Letter.objects.filter(template="meeting_short")
    assert [(one.address, compose_letter(one)[0].split(": ")[1]) for one in told] == [
        (tomas.email, "the chair cannot come")
    ]
    assert not Letter.objects.filter(address__in=(room.ines.email, room.anna.email)).exists()


def test_a_meeting_that_is_over_shows_no_score_of_a_later_day(client):
    room = Committee()
    room.attend()
    for dossier in (room.low, room.high):
        room.decide(dossier, "postpone")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)
    later = timezone.now() + timedelta(days=2)
    room.low.scores.filter(member=room.anna).update(at=later)
    room.high.scores.update(at=later)
    client.force_login(room.ines)

    rows = client.get(room.page("meeting")).context["rows"]

    shown = {row.case.dossier_id: row.judged.totals for row in rows}
    assert shown == {room.low.pk: [61, 61], room.high.pk: []}


def test_where_nobody_is_free_in_every_case_a_second_member_signs_for_those_that_the_chair_left(
    client,
):
    """Each of the committee has a conflict in one case, and so has the officer."""
    room = Committee()
    third = make_dossier(status=Status.UNDER_SELECTION, call=room.call)
    room.meeting.cases.create(dossier=third, position=3)
    room.score(third, 75)
    room.attend()
    conflicts = [(room.anna, room.high), (room.jan, room.low), (room.marie, third)]
    for member, dossier in [*conflicts, (room.ines, third)]:
        dossier.conflicts.create(member=member, has_conflict=True, at=timezone.now())
    olga = make_officer("Olga")
    for dossier in (room.low, room.high, third):
        case, why = room.case_of(dossier), f"Of {dossier.reference}."
        meetings.decide_case(case, actor=olga, outcome="reserve", reason=why)
    client.force_login(room.ines)

    warned = client.get(room.page("meeting")).text
    client.post(room.page("meeting_step", "hold"))
    page = room.page("minutes")
    form = client.get(page).context["form"]
    client.post(room.page("meeting_step", "send_to_chair"))
    alone = Meeting.objects.get().status
    client.post(page, minutes_form(form) | {"deputy": room.jan.pk, "closing": "Thanks."})
    client.post(room.page("meeting_step", "send_to_chair"))
    mine = reverse("committee-meeting", args=[room.meeting.pk])
    shown, told = {}, []
    for signer in (room.anna, room.jan):
        client.force_login(signer)
        shown[signer], work = client.get(mine), client.get(reverse("my")).text
        step = {"step": "sign", "digest": shown[signer].context["digest"]}
        client.post(mine, step)
        status, again = Meeting.objects.get().status, client.post(mine, step)
        asked = ["and sign them" in text for text in (work, client.get(reverse("my")).text)]
        told.append((status, again.status_code, asked))

    assert "No member is free of a conflict of interest in every case." in warned
    assert f"case_{room.case_of(third).pk}" not in form.fields
    assert f"Of {third.reference}." in room.case_of(third).minutes  # drafted, unread by her
    assert (alone, told) == (
        "held",
        [("to_sign", 403, [True, False]), ("signed", 404, [True, False])],
    )
    assert f"Of {room.high.reference}." not in shown[room.anna].text
    assert f"Of {room.high.reference}." in shown[room.jan].text
    signed = minutes.describe_signature(Meeting.objects.get()).splitlines()
    assert [line.partition(", ")[0] for line in signed] == ["Signed by Anna", "Signed by Jan"]
    letters = Letter.objects.filter(template="minutes_to_sign").values_list("address", flat=True)
    assert set(letters) == {room.anna.email, room.jan.email}


def test_a_case_that_was_only_postponed_keeps_nobody_from_signing():
    room = Committee()
    room.attend()
    for member in room.members:
        room.low.conflicts.create(member=member, has_conflict=True, at=timezone.now())
    room.decide(room.low, "postpone")
    room.decide(room.high, "reserve")
    for verb in ("hold", "send_to_chair"):
        meeting_machine.advance(room.meeting, verb, actor=room.ines)

    read = minutes.digest_of_minutes(Meeting.objects.get())
    sign_minutes(room.meeting, actor=room.anna, digest=read)

    assert Meeting.objects.get().status == "signed"


def latest_invitation(person):
    letters = Letter.objects.filter(template="meeting_invited", address=person.email)
    return compose_letter(letters.latest("pk"))


def test_who_leaves_the_room_for_every_case_reads_so_in_the_page_the_e_mail_and_the_minutes(client):
    """“No application is on the agenda”, while the e-mail named the one that she must not read."""
    room = Committee()
    room.attend()
    for dossier in (room.low, room.high):
        dossier.conflicts.create(member=room.anna, has_conflict=True, at=timezone.now())
        dossier.conflicts.create(member=room.ines, has_conflict=True, at=timezone.now())
    mine = reverse("committee-meeting", args=[room.meeting.pk])

    client.force_login(room.anna)
    agenda = client.get(mine).text
    client.force_login(room.ines)
    desk = client.get(room.page("meeting")).text
    olga = make_officer("Olga")
    for dossier in (room.low, room.high):
        meetings.decide_case(room.case_of(dossier), actor=olga, outcome="reserve")
    meeting_machine.advance(room.meeting, "hold", actor=olga)
    Meeting.objects.update(deputy=room.jan)
    meeting_machine.advance(room.meeting, "send_to_chair", actor=olga)
    client.force_login(room.anna)
    signed = client.get(mine).text
    ahead = room.plan(days=3)
    ahead.cases.create(
        dossier=make_dossier(status=Status.UNDER_SELECTION, call=room.call), position=1
    )
    ahead.cases.create(dossier=room.low, position=2)
    Letter.objects.filter(template="meeting_invited").delete()
    meetings.change_meeting(
        ahead, actor=olga, members=room.members, **details_of(ahead) | {"place": "Ghent"}
    )

    leaves = "You leave the room for {} on the agenda: you have a conflict of interest in {}."
    hidden = "2 applications of this meeting are not shown here: you have a conflict of interest"
    nothing = "No application {} on the agenda."
    assert leaves.format("2 applications", "them") in agenda and hidden in desk
    assert hidden in signed and "Sign the minutes" in signed
    assert not any(
        nothing.format(one) in text for text in (agenda, desk, signed) for one in ("is", "was")
    )
    told = {one: latest_invitation(one)[1] for one in (room.anna, room.jan)}
    assert [room.low.reference in text for text in told.values()] == [False, True]
    one_left = leaves.format("1 application", "it")
    assert [one_left in text for text in told.values()] == [True, False]


def details_of(meeting):
    names = ("starts_at", "ends_at", "place", "link", "chair")
    return {name: getattr(meeting, name) for name in names}


def test_a_meeting_on_another_day_says_which_one_it_was_and_that_answers_no_longer_count():
    room = Committee()
    ahead = room.plan(days=9)
    Letter.objects.filter(address=room.jan.email).update(sent_at=timezone.now())
    meetings.answer_invitation(ahead, member=room.anna, comes=True)
    earlier = details_of(ahead)
    hours = {name: earlier[name] - timedelta(days=3) for name in ("starts_at", "ends_at")}

    meetings.change_meeting(ahead, actor=room.ines, members=room.members, **earlier | hours)

    was = date_format(timezone.localdate(earlier["starts_at"]), "DATE_FORMAT")
    moved = f"is no longer on {was}. It is now:"
    again = "If you have answered before, that answer no longer counts: say again on this page"
    told = [latest_invitation(one) for one in room.members]
    assert [(moved in body, again in body) for _subject, body in told] == [
        (True, True),
        (True, True),
        (False, False),
    ]
    assert [subject.startswith("Changed: ") for subject, _body in told] == [True, True, False]


def test_the_reason_that_the_file_asks_for_the_minutes_is_in_them(client):
    room = Committee()
    Call.objects.update(quorum=3)
    room.attend()
    scores = room.low.scores.order_by("pk")
    for score, total in zip(scores, (99, 60, 60), strict=True):
        score.total = total
        score.save()
    client.force_login(room.ines)
    step = reverse("admin:applications_dossier_step", args=[room.low.pk, "reserve"])

    client.post(step, {"reserve-internal": "Both looked at it again together."})
    room.decide(room.high, "validate")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)

    assert "Reason: Both looked at it again together." in room.case_of(room.low).minutes


def test_minutes_that_the_second_signer_sends_back_name_them_and_void_the_first_signature(client):
    room = Committee()
    room.attend()
    room.low.conflicts.create(member=room.anna, has_conflict=True, at=timezone.now())
    for dossier in (room.low, room.high):
        room.decide(dossier, "reserve")
    meeting_machine.advance(room.meeting, "hold", actor=room.ines)
    Meeting.objects.update(deputy=room.jan)
    meeting_machine.advance(room.meeting, "send_to_chair", actor=room.ines)
    mine = reverse("committee-meeting", args=[room.meeting.pk])
    client.force_login(room.anna)
    shown = client.get(mine)

    signed = client.post(mine, {"step": "sign", "digest": shown.context["digest"]}, follow=True)
    client.force_login(room.jan)
    client.post(mine, {"step": "send_back", "note": "A vote is missing."})

    assert "if it is sent back before, your signature no longer counts" in shown.text
    flash = "You have signed the minutes. They wait for the signature of Jan."
    assert flash in signed.text and "signed by the chair" not in signed.text
    told = Letter.objects.filter(template__in=("minutes_sent_back", "minutes_unsigned"))
    bodies = {letter.address: compose_letter(letter)[1] for letter in told}
    assert set(bodies) == {room.ines.email, room.anna.email}
    assert "Jan sends the minutes" in bodies[room.ines.email]
    assert "Jan has sent the minutes" in bodies[room.anna.email]
    assert "this signature no longer counts" in bodies[room.anna.email]
    assert "A vote is missing." not in bodies[room.anna.email]
