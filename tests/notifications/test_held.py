"""E-mails held until they leave: by a rule of a call, read, edited, released or dropped."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from lxml import html

from applications.enums import Status
from applications.models import Dossier
from applications.transitions import dossier_machine
from connect.transitions import record_event
from notifications import held_letters, hold_rules
from notifications.models import Hold, HoldRule, Letter
from notifications.sending import retry_letters, send_waiting_letters
from tests.factories import make_authority, make_call, make_dossier, make_officer, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
RULES, HELD = "admin:notifications_letter_holding", "admin:notifications_letter_held"
KIND = "dossier_reserve"  # to the applicants: their application is on the reserve list


@pytest.fixture
def call():
    return make_call(title="Water 2027")


@pytest.fixture
def ines():
    return make_officer("Ines")


def decide(call, ines, *, language="en", name="Efua"):
    """Put an application of a call on the reserve list; return the letter to its author."""
    agona = make_authority()
    efua = make_user(name, works_for=agona, language=language)
    dossier = make_dossier(agona, status=Status.UNDER_SELECTION, call=call, created_by=efua)
    for number in range(3):
        dossier.scores.create(member=make_user(), points={}, total=70 + number, at=timezone.now())
    dossier_machine.advance(dossier, "reserve", actor=ines, note="Funds may come.")
    return Letter.objects.get(template=KIND, address=efua.email)


def make_rule(ines, **typed):
    posted = {"kind": KIND, "group": "", "hold": "review", "hours": ""} | typed
    return signed_in(ines).post(reverse(RULES), posted, follow=True)


def sent(letter):
    send_waiting_letters(timezone.now())
    letter.refresh_from_db()
    return letter.sent_at is not None


def test_without_a_rule_an_e_mail_leaves_at_once(call, ines):
    letter = decide(call, ines)

    assert letter.group == f"call:{call.pk}"
    assert sent(letter)


def test_what_is_held_for_review_leaves_when_an_officer_releases_it(call, ines):
    make_rule(ines)
    letter = decide(call, ines)
    browser = signed_in(ines)

    assert not sent(letter)
    page = browser.get(reverse(HELD))
    assert letter.address in page.text
    assert "is on the reserve list: it continues if funds become available" in page.text
    browser.post(reverse(HELD), {"verb": "release", "letter": [letter.pk]})
    assert sent(letter)
    history = browser.get(reverse("admin:notifications_letter_history", args=[letter.pk])).text
    assert "Released" in history and "Ines" in history


def test_what_is_held_for_hours_leaves_after_them_by_itself(call, ines):
    make_rule(ines, hold="hours", hours="24")
    letter = decide(call, ines)
    now = timezone.now()

    assert letter.hold == Hold.HOURS
    assert timedelta(hours=23) < letter.not_before - now < timedelta(hours=25)
    assert not sent(letter)
    send_waiting_letters(now + timedelta(hours=25))
    letter.refresh_from_db()
    assert letter.sent_at is not None


def test_the_rule_of_a_call_comes_before_that_of_all_calls(call, ines):
    make_rule(ines)
    make_rule(ines, group=f"call:{call.pk}", hold="")

    assert sent(decide(call, ines))
    assert not sent(decide(make_call(), ines, name="Kofi"))


def test_each_is_previewed_in_the_language_of_its_reader(call, ines):
    make_rule(ines)
    decide(call, ines, language="fr", name="Fatou")

    page = signed_in(ines).get(reverse(HELD)).text

    assert "Bonjour Fatou" in page
    assert 'class="letter" lang="fr"' in page


def test_one_e_mail_is_edited_and_leaves_as_it_was_written(call, ines):
    make_rule(ines)
    letter = decide(call, ines)
    browser, edit = signed_in(ines), reverse("admin:notifications_letter_edit", args=[letter.pk])
    assert "Hello Efua," in browser.get(edit).text
    body = held_letters.read_letter(letter)[1].replace("Hello Efua,", "Dear Efua Mensah,")

    browser.post(edit, {"subject": "About  your application", "body": body})
    browser.post(reverse(HELD), {"verb": "release", "letter": [letter.pk]})

    assert sent(letter)
    assert letter.subject == "About your application"
    assert "Dear Efua Mensah," in letter.body
    verbs = LogEntry.objects.filter(object_id=str(letter.pk)).order_by("pk")
    assert [one.change_message for one in verbs] == ["Edited", "Released"]


def test_an_edit_keeps_the_readers_link_and_says_something(call, ines):
    make_rule(ines)
    letter = decide(call, ines)
    edit = reverse("admin:notifications_letter_edit", args=[letter.pk])
    browser = signed_in(ines)

    lost = browser.post(edit, {"subject": "Yes", "body": "Nothing but this."})
    empty = browser.post(edit, {"subject": " ", "body": ""})

    assert "has lost the link of its reader" in lost.text
    assert "Nothing but this." in lost.text
    assert "Write a subject and a text." in empty.text
    letter.refresh_from_db()
    assert letter.body == ""


def test_what_is_dropped_is_never_sent_and_its_reason_stays_on_record(call, ines):
    make_rule(ines)
    letter = decide(call, ines)
    browser = signed_in(ines)

    refused = browser.post(reverse(HELD), {"verb": "drop", "letter": [letter.pk]}, follow=True)
    assert "Give the reason: it stays on record." in refused.text
    browser.post(reverse(HELD), {"verb": "drop", "letter": [letter.pk], "reason": "Wrong decision"})

    assert not sent(letter)
    assert letter.cancelled_at is not None
    assert LogEntry.objects.get(object_id=str(letter.pk)).change_message == (
        "Discarded: Wrong decision"
    )


def test_the_decisions_of_a_meeting_leave_together(call, ines):
    make_rule(ines, group=f"call:{call.pk}")
    letters = [decide(call, ines, name=name) for name in ("Efua", "Kofi", "Ama")]
    browser = signed_in(ines)

    held = Letter.objects.held(timezone.now()).count()
    nothing = browser.post(reverse(HELD), {"verb": "release"}, follow=True)
    assert "Choose at least one e-mail." in nothing.text
    page = browser.post(
        f"{reverse(HELD)}?kind={KIND}", {"verb": "release", "all": "1"}, follow=True
    )

    assert f"{held} e-mails leave now." in page.text
    assert all(sent(letter) for letter in letters)
    assert "No e-mail is held." in page.text


def test_what_was_written_since_the_list_was_opened_stays_held(call, ines):
    """Nobody has read it: all of a list are those that its page showed."""
    make_rule(ines)
    read, browser = decide(call, ines), signed_in(ines)
    last = html.fromstring(browser.get(reverse(HELD)).text).xpath("//input[@name='last']/@value")
    unread = decide(call, ines, name="Kofi")

    browser.post(reverse(HELD), {"verb": "release", "all": "1", "last": last})

    assert (sent(read), sent(unread)) == (True, False)


def test_two_officers_who_edit_one_e_mail_do_not_overwrite_each_other(call, ines):
    make_rule(ines)
    letter = decide(call, ines)
    edit = reverse("admin:notifications_letter_edit", args=[letter.pk])
    jan, ines = signed_in(make_officer("Jan")), signed_in(ines)

    def typed(browser, greeting):
        page = html.fromstring(browser.get(edit).text)
        body = page.xpath("//textarea[@name='body']")[0].text.replace("Hello Efua,", greeting)
        seen = page.xpath("//input[@name='seen']/@value")
        return {"subject": "About it", "body": body, "seen": seen}

    first, second = typed(ines, "Dear Efua,"), typed(jan, "Hi Efua,")
    ines.post(edit, first)
    refused = jan.post(edit, second).text
    letter.refresh_from_db()

    assert "Dear Efua," in letter.body
    assert "Meanwhile somebody else, or you in another window, saved here" in refused
    assert "Hi Efua," in refused and "Dear Efua," in refused
    seen = html.fromstring(refused).xpath("//input[@name='seen']/@value")
    assert jan.post(edit, second | {"seen": seen}).status_code == 302  # it is meant


def test_a_refused_discard_keeps_what_was_ticked_and_typed(call, ines):
    make_rule(ines)
    letter, browser = decide(call, ines), signed_in(ines)

    long = browser.post(
        reverse(HELD), {"verb": "drop", "letter": [letter.pk], "reason": "no " * 150}
    )

    page = html.fromstring(long.text)
    assert page.xpath(f"//input[@id='letter-{letter.pk}']/@checked")
    assert page.xpath("//input[@id='reason']/@value") == ["no " * 150]


def test_try_again_now_lets_nothing_that_is_held_leave(call, ines):
    make_rule(ines)
    letter = decide(call, ines)

    assert retry_letters(Letter.objects.all()) == 0
    assert not sent(letter)


def test_only_who_may_review_sees_changes_and_rules(call, ines):
    letter = decide(call, ines)
    jan = make_officer("Jan")
    jan.groups.clear()
    now = timezone.now()

    for name, args in ((RULES, []), (HELD, []), ("admin:notifications_letter_edit", [letter.pk])):
        assert signed_in(jan).get(reverse(name, args=args)).status_code == 403
    with pytest.raises(PermissionDenied):
        hold_rules.save_rule(KIND, "", "review", 0, actor=jan, now=now)
    with pytest.raises(PermissionDenied):
        held_letters.release_letters(Letter.objects.all(), actor=jan, now=now)
    with pytest.raises(PermissionDenied):
        held_letters.drop_letters(Letter.objects.all(), "x", actor=jan, now=now)


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "account/email/login_code"},
        {"kind": "dossier_submit_officer"},
        {"group": "call:0"},
        {"hold": "never"},
        {"hold": "hours", "hours": "0"},
        {"hold": "hours", "hours": "9999"},
    ],
)
def test_what_is_no_rule_is_not_saved(ines, typed):
    make_rule(ines, **typed)

    assert not HoldRule.objects.exists()


def test_a_refused_rule_keeps_what_was_chosen(call, ines):
    page = make_rule(ines, group=f"call:{call.pk}", hold="hours", hours="300")

    chosen = html.fromstring(page.text)
    selected = chosen.xpath("//form//option[@selected]/@value")
    assert selected == [KIND, f"call:{call.pk}"]
    assert chosen.xpath("//input[@name='hold'][@checked]/@value") == ["hours"]
    assert chosen.xpath("//input[@name='hours']/@value") == ["300"]


def test_a_rule_is_listed_with_who_made_it_and_removed(call, ines):
    page = make_rule(ines, group=f"call:{call.pk}", hold="hours", hours="12").text
    assert "Water 2027" in page and "after 12 hours" in page and "Ines" in page

    rule = HoldRule.objects.get()
    signed_in(ines).post(reverse(RULES), {"remove": rule.pk})

    assert sent(decide(call, ines))


@pytest.mark.parametrize("own", [{"hold": ""}, {"hold": "hours", "hours": "12"}])
def test_who_removes_the_rule_of_a_call_is_told_what_holds_now(call, ines, own):
    """“They leave at once”, while the rule for all calls held them."""
    make_rule(ines)
    make_rule(ines, group=f"call:{call.pk}", **own)
    rule, general = HoldRule.objects.exclude(group="").get(), HoldRule.objects.get(group="")
    browser = signed_in(ines)

    first = browser.post(reverse(RULES), {"remove": rule.pk}, follow=True).text
    letter = decide(call, ines)
    second = browser.post(reverse(RULES), {"remove": general.pk}, follow=True).text

    assert (
        "The rule has been removed. That for all calls holds now: held until it is reviewed."
        in first
    )
    assert letter.hold == Hold.REVIEW
    assert "The rule has been removed: no new e-mail of this kind is held." in second


def test_an_edit_of_what_has_left_is_refused(call, ines):
    letter = decide(call, ines)

    with pytest.raises(ValidationError) as refusal:
        held_letters.edit_letter(letter, "a", "b", actor=ines, now=timezone.now())
    assert refusal.value.code == "gone"


def test_the_home_counts_what_is_to_be_reviewed(call, ines):
    make_rule(ines)
    decide(call, ines)

    home = signed_in(ines).get(reverse("admin:index"))

    tile = next(one for one in home.context["waiting"] if "review" in str(one.words))
    held = Letter.objects.held(timezone.now()).count()
    assert (tile.count, tile.address) == (held, reverse(HELD))


@pytest.mark.parametrize(
    "kind",
    [
        "dossier_ask_correction",
        "dossier_move_correction",
        "dossier_find_ineligible",
        "opinion_asked",
    ],
)
def test_what_names_a_last_day_to_answer_is_never_held(kind, call, ines):
    """Its days count from the decision: held, they would be over before anybody has read it."""
    page = signed_in(ines).get(reverse(RULES))
    offered = html.fromstring(page.text).xpath("//select[@name='kind']//option/@value")
    assert kind not in offered and KIND in offered
    assert "no e-mail that names a last day to answer" in page.text

    refused = make_rule(ines, kind=kind)
    assert "Choose a call, an e-mail and when it leaves." in refused.text

    # A rule of before, when it could be held.
    HoldRule.objects.create(
        template=kind, group="", hold="review", changed_at=timezone.now(), changed_by=ines
    )
    assert hold_rules.hold_columns(kind, f"call:{call.pk}", timezone.now()) == {
        "group": f"call:{call.pk}"
    }


def test_what_tells_others_of_a_held_decision_is_held_with_it(call, ines):
    """The applicant's e-mail waited, and its association and co-applicant read the decision."""
    make_rule(ines, kind="dossier_not_select")
    agona = make_authority()
    abena, nalag = make_user("Abena"), agona.associations.create(name="NALAG", country="GH")
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona, status=Status.UNDER_SELECTION, call=call, created_by=efua)
    dossier.co_applicants.create(
        name="Awutu",
        contact="Esi",
        address="esi@awutu.example",
        takes_part=True,
        asked_at=timezone.now(),
    )
    for points in (30, 35, 40):
        dossier.scores.create(member=make_user(), points={}, total=points, at=timezone.now())

    dossier_machine.advance(dossier, "not_select", actor=ines, note="Too little is known of it.")

    held = set(Letter.objects.values_list("template", "address", "hold"))
    assert held >= {
        ("dossier_not_select", efua.email, "review"),
        ("dossier_not_select_association", abena.email, "review"),
        ("co_applicant_state", "esi@awutu.example", "review"),
    }
    assert {hold for _kind, _address, hold in held} == {"review"}


def test_a_held_decision_does_not_leave_once_the_next_one_is_told(call, ines):
    """Released later, “on the reserve list” arrived after “selected”."""
    make_rule(ines)
    letter = decide(call, ines)
    dossier = Dossier.objects.get()
    state = dossier.co_applicants.create(
        name="Awutu",
        contact="Esi",
        address="esi@awutu.example",
        takes_part=True,
        asked_at=timezone.now(),
    )
    Letter.objects.filter(template="co_applicant_state").delete()
    dossier_machine.post_notices(dossier, dossier.events.get(verb="reserve"))

    dossier_machine.advance(dossier, "validate", actor=ines)
    signed_in(ines).post(reverse(HELD), {"verb": "release", "all": "1"})
    send_waiting_letters(timezone.now())

    told = Letter.objects.exclude(sent_at=None).filter(address__in=[letter.address, state.address])
    stands = {(one.template, one.context.get("stands", "")) for one in told}
    assert stands == {("dossier_validate", ""), ("co_applicant_state", "validated")}


def test_what_asks_for_something_stays_when_later_news_is_told(call, ines):
    agona = make_authority()
    abena, nalag = make_user("Abena"), agona.associations.create(name="NALAG", country="GH")
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")
    dossier = make_dossier(agona, status=Status.UNDER_SELECTION, call=call)
    event = record_event(dossier, "send_to_committee", actor=ines, now=timezone.now())
    dossier_machine.post_notices(dossier, event)

    dossier_machine.advance(
        dossier, "cancel", actor=ines, reason="force_majeure", note="The road is closed."
    )

    unsent = Letter.objects.unsent().filter(address=abena.email)
    assert {one.template for one in unsent} == {"opinion_asked", "dossier_cancel_association"}


def test_a_rule_of_its_own_comes_before_that_of_what_says_the_same(call, ines):
    make_rule(ines, kind="dossier_not_select")
    make_rule(ines, kind="dossier_not_select_association", hold="")
    group = f"call:{call.pk}"

    def held(kind, *with_them):
        return hold_rules.hold_columns(kind, group, timezone.now(), with_them).get("hold", "")

    assert held("dossier_not_select_association", "dossier_not_select") == ""
    assert held("co_applicant_state", "dossier_not_select") == "review"
    assert held("opinion_asked", "dossier_not_select") == ""  # it names a last day


def test_the_page_of_the_rules_says_what_else_a_rule_holds(ines):
    page = " ".join(signed_in(ines).get(reverse(RULES)).text.split())

    assert (
        "A rule also holds what tells others the same: of an application its co-applicants and "
        "associations, of an exchange all who take part." in page
    )
    assert "The agenda of an exchange waits until its e-mails that are held have left." in page


def test_the_choice_of_an_e_mail_says_of_what_it_tells_and_to_whom(ines):
    """“…: cancelled” stood there twice, “…: withdrawn” said of nothing what."""
    page = html.fromstring(signed_in(ines).get(reverse(RULES)).text)
    groups = page.xpath("//select[@name='kind']/optgroup")
    named = {group.get("label"): [one.text for one in group] for group in groups}

    assert list(named) == ["Applications", "Answers to requests", "Exchanges"]
    assert "Cancelled: to the applicant" in named["Applications"]
    assert "Cancelled: to its associations" in named["Applications"]
    assert "Put on the reserve list: to the applicant" in named["Applications"]
    assert "Put on the reserve list: to the expert" in named["Answers to requests"]
    assert "Cancelled: to both sides and all who take part" in named["Exchanges"]
    steps = [one.partition(":")[0] for one in named["Exchanges"]]
    assert steps.index("Planned") < steps.index("Completed") < steps.index("Cancelled")
    for words in named.values():
        assert len(words) == len(set(words))


def test_a_rule_and_what_it_holds_are_named_as_in_its_choice(call, ines):
    rules = " ".join(make_rule(ines).text.split())
    decide(call, ines)
    held = signed_in(ines).get(reverse(HELD)).text

    assert "Applications · Put on the reserve list: to the applicant" in rules
    assert "Applications · Put on the reserve list: to the applicant" in held


def test_no_rule_is_saved_before_it_is_said_whether_it_holds(call, ines):
    page = html.fromstring(signed_in(ines).get(reverse(RULES)).text)
    assert page.xpath("//input[@name='hold'][@checked]") == []
    assert "Leaves at once" not in page.text_content()

    posted = {"kind": KIND, "group": "", "hours": ""}
    refused = signed_in(ines).post(reverse(RULES), posted, follow=True).text
    assert "Choose a call, an e-mail and when it leaves." in refused
    assert not HoldRule.objects.exists()


def test_nothing_is_held_that_is_written_to_the_programme_team():
    kinds = set(hold_rules.list_kinds())

    assert not kinds & {"interest_correct", "interest_withdraw", "dossier_answer_correction"}
