"""Questions before the yes: each side reads them, nobody else, and no address before all agree."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matching import match_messages
from matching.models import MatchMessage
from notifications.digest import gather_bursts
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import make_authority, make_expert, make_member, make_user
from tests.worlds import Table, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    made = Table()
    Letter.objects.all().delete()
    return made


def told():
    letters = Letter.objects.filter(template="match_message")
    return set(letters.values_list("address", flat=True))


def test_a_question_reaches_every_other_side_by_letter_and_is_answered(table):
    page = table.match.get_absolute_url()
    link = f"/en{table.of('employer').link_path}"
    hers, theirs = signed_in(table.ineke.user), signed_in(table.efua)

    hers.post(page, {"text": "Is there an interpreter?"})
    asked = told()
    Letter.objects.all().delete()
    seen = theirs.get(page).text
    for address in (table.interest.get_absolute_url(), table.ineke.get_absolute_url()):
        assert f'href="{address}"' in seen and theirs.get(address).status_code == 200
    assert "Motivation" in seen
    theirs.post(page, {"text": "Yes: our planning officer."})
    answered = told()
    before = compose_letter(Letter.objects.get(address=table.ineke.user.email))[1]
    Letter.objects.all().delete()
    Client().post(link, {"text": "Who pays the travel?"})
    last = told()

    employer, expert = table.ineke.employer_email, table.ineke.user.email
    assert expert not in asked and {table.efua.email, employer} <= asked
    assert table.efua.email not in answered and {expert, employer} <= answered
    assert employer not in last and {expert, table.efua.email} <= last
    for reader, address in ((hers, page), (theirs, page), (Client(), link)):
        text = reader.get(address).text
        assert "Is there an interpreter?" in text and "Who pays the travel?" in text
    assert "Is there an interpreter?" in signed_in(table.ines).get(page).text

    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    Letter.objects.all().delete()
    hers.post(page, {"text": "Thank you all."})
    account = compose_letter(Letter.objects.get(address=table.efua.email))[1]
    guests = {table.dossier.focal_email, table.dossier.legal_email}

    words = "Contact details are exchanged once everyone agrees."
    assert (words in before, words in account) == (True, False)
    shown = theirs.get(page).text
    contact = f'href="mailto:{table.dossier.focal_email}"'
    assert (words in shown, contact in shown, contact in seen) == (False, True, False)
    assert "answer here" in account
    # Who has neither an account nor a link would read that somebody wrote, and not what.
    assert not guests & (asked | answered | last | told())


def test_the_officer_reads_of_each_message_but_their_own(table):
    """A hint sent people there for what only the programme team changes, and no officer knew."""
    match_messages.post_match_message(table.match, "Another form?", actor=table.efua)
    asked = told()
    Letter.objects.all().delete()
    match_messages.post_match_message(table.match, "Which one?", actor=table.ines)

    assert (table.ines.email in asked, table.ines.email in told()) == (True, False)


def test_the_first_message_leaves_at_once_and_those_of_ten_minutes_as_one_letter(table):
    """A burst to one reader is two letters, however many were written."""
    now = timezone.now()
    for number in range(5):
        match_messages.post_match_message(
            table.match, f"And another question, {number}.", actor=table.efua, now=now
        )
    mine = Letter.objects.filter(address=table.ineke.user.email)
    at_once = mine.due(timezone.now()).count()

    early = gather_bursts(now + timedelta(minutes=9))
    gather_bursts(now + timedelta(minutes=11))

    (gathered,) = mine.filter(template="several")
    assert (at_once, early, mine.unsent().count()) == (1, 0, 2)
    assert (
        compose_letter(gathered)[0]
        == f"{table.match.reference}: {table.efua.name} has written – and 3 more"
    )
    assert f"/r/{table.match.reference}\n" in compose_letter(gathered)[1]


@pytest.mark.parametrize(
    "contact",
    [
        "efua＠agona.gh",  # noqa: RUF001 - a wide sign
        "efua@agona。gh",
        "0244 - 123 - 456",
        "+233/24/412/34/56",
        "https://wa.me/233244123456",
        "０２４４１２３４５６",  # noqa: RUF001 - wide digits
    ],
)
def test_no_disguise_gives_an_address_before_everybody_agrees(table, contact):
    """H30: what a text reads as."""
    words = f"Write to {contact} soon."
    match_messages.post_match_message(table.match, words, actor=table.efua)

    page = signed_in(table.ineke.user).get(table.match.get_absolute_url()).text

    assert "Write to [shown once everybody agrees] soon." in page.replace("https://[", "[")


@pytest.mark.parametrize(
    "days", ["12/03/2027", "2027-03-12", "12.03.2027 - 19.03.2027", "115 000 people since 2019"]
)
def test_days_and_numbers_of_people_are_no_telephones(table, days):
    match_messages.post_match_message(table.match, f"From {days}, I think.", actor=table.efua)

    assert (
        f"From {days}, I think."
        in signed_in(table.ineke.user).get(table.match.get_absolute_url()).text
    )


def test_addresses_and_telephones_are_hidden_until_everybody_agrees(table):
    page = table.match.get_absolute_url()
    words = "Write to efua@agona.example or +233 24 123 4567; 115 000 people, since 2019."
    match_messages.post_match_message(table.match, words, actor=table.efua)

    before = signed_in(table.ineke.user).get(page).text
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    after = signed_in(table.ineke.user).get(page).text

    assert "efua@agona.example" not in before and "123 4567" not in before
    assert "115 000 people, since 2019." in before
    assert "efua@agona.example or +233 24 123 4567" in after
    assert MatchMessage.objects.get().text == words


def test_strangers_neither_read_nor_write_and_what_is_over_is_over(table):
    page = table.match.get_absolute_url()
    match_messages.post_match_message(table.match, "Is there an interpreter?", actor=table.efua)
    strangers = (make_user(works_for=make_authority()), make_expert().user, make_member())

    for person in strangers:
        assert signed_in(person).post(page, {"text": "Let me in."}).status_code == 404
        with pytest.raises(PermissionDenied):
            match_messages.post_match_message(table.match, "Let me in.", actor=person)
    for text in ("", "   ", "x" * 2001):
        with pytest.raises(ValidationError, match="Write between 1 and 2000"):
            match_messages.post_match_message(table.match, text, actor=table.efua)
    long = signed_in(table.efua).post(page, {"text": "x" * 2001}).text
    assert "Write between 1 and 2000" in long and "x" * 2001 in long
    table.answer("expert", accept=False)
    with pytest.raises(ValidationError, match="This proposal has ended"):
        match_messages.post_match_message(table.match, "Why?", actor=table.efua)
    for reader in (signed_in(table.efua), signed_in(table.ines)):
        assert (
            "Your question or answer" in long
            and "Your question or answer" not in reader.get(page).text
        )
    typed = signed_in(table.efua).post(page, {"text": "Why did you say no?"}).text
    assert "What you typed was not saved: “Why did you say no?”" in typed

    assert MatchMessage.objects.count() == 1


def test_a_message_and_an_answer_on_one_page_lose_nothing_of_each_other(table):
    """Without scripts, too. A message that can be sent no more is said again."""
    page = table.match.get_absolute_url()
    expert = reverse("match-answer", args=[table.match.reference, table.of("expert").pk])
    link = f"/en{table.of('employer').link_path}"
    hers, theirs = signed_in(table.ineke.user), Client()
    talk, reason = "Is there an interpreter?", "Only in May."

    def send(browser, address, **said):
        shown = browser.post(f"{address}?beside", said, follow=True)
        answer = shown.context["form"]
        return shown.context["begun"], answer["reason"].value(), answer["answer"].value()

    seen = [
        send(hers, page, text=talk, reason=reason, answer="no"),
        send(hers, expert, text=talk, reason=reason),
        send(hers, expert, text=talk, reason="", answer="yes"),
        send(theirs, link, text=talk, reason=reason, answer="no"),
        send(theirs, link, text=talk, reason=reason, answers="1"),
    ]
    over = theirs.post(
        f"{link}?beside",
        {"text": talk, "reason": reason, "answer": "no", "answers": "1"},
        follow=True,
    )

    assert seen == [
        ("", reason, "no"),
        (talk, reason, ""),
        (talk, "", ""),
        ("", reason, "no"),
        (talk, reason, None),
    ]
    assert f"What you typed was not saved: “{talk}”" in over.text
    assert table.of("employer").answer == "no"
