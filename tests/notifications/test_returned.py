"""A letter that comes back marks its address, and staff are told: read from a real IMAP server."""

import imaplib
from datetime import timedelta
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from connect.mail import Recipient
from connect.sandbox import refusal_for
from notifications import returned
from notifications.letter_text import compose_letter
from notifications.models import DeadAddress, Letter
from notifications.outbox import post_letter
from notifications.returned import read_returned_mail
from notifications.sending import send_waiting_letters
from tests.factories import make_officer
from tests.notifications.imap import imap_server

pytestmark = pytest.mark.django_db
NOW = timezone.now()
GONE = Recipient("Gone@example.org", "Gone")
NO_SUCH_USER = "smtp; 550 5.1.1 No such user here"


@pytest.fixture(scope="module")
def imap():
    with imap_server() as server:
        yield server


@pytest.fixture
def mailbox(imap, settings):
    """A function that puts a message into the mailbox of the return path, which begins empty."""
    settings.MAILBOX, settings.RETURN_TO = imap, "back@connect.example.org"
    box = imaplib.IMAP4(imap.host, imap.port)
    box.login("u", "p")
    box.select("INBOX")
    box.store("1:*", "+FLAGS", r"(\Seen)")
    yield lambda message: box.append("INBOX", None, None, bytes(message))
    box.logout()


@pytest.fixture
def sent(received):
    """A letter that has left, as the mail server got it."""
    post_letter("dossier_reopen", key="k", to=[GONE], reference="CN-1", title="Water")
    send_waiting_letters(timezone.now())
    return received(GONE.address.lower())[0]


def report(
    of, *, action="failed", kind="delivery-status", whole=True, status="5.1.1", why=NO_SUCH_USER
):
    """What a mail server sends to the return path of a letter, as RFC 3464 and RFC 5965 have it."""
    made = MIMEMultipart("report", report_type=kind)
    made["Subject"] = "Undelivered Mail Returned to Sender"
    made.attach(MIMEText("Your message could not be delivered."))
    if kind == "delivery-status":
        block = EmailMessage()
        block["Final-Recipient"] = "rfc822; gone@example.org"
        block["Action"], block["Status"] = action, status
        block["Diagnostic-Code"] = why
        made.attach(MIMEMessage(block, "delivery-status"))
    headers = "".join(f"{name}: {value}\r\n" for name, value in of.items())
    made.attach(MIMEMessage(of) if whole else MIMEText(headers, "rfc822-headers"))
    return made


def told():
    return list(Letter.objects.filter(template="letter_returned").values_list("context", flat=True))


@pytest.mark.parametrize("whole", [True, False])
def test_a_letter_that_came_back_marks_its_address_once(mailbox, sent, settings, whole):
    mailbox(report(sent, whole=whole))

    first, again = read_returned_mail(NOW), read_returned_mail(NOW)
    mailbox(report(sent, whole=whole))
    twice = read_returned_mail(NOW)

    assert (first, again, twice) == (1, 0, 0)
    dead = DeadAddress.objects.get()
    assert (dead.address, dead.why) == ("gone@example.org", NO_SUCH_USER)
    assert [(one["address"], one["error"]) for one in told()] == [(dead.address, dead.why)]


def test_what_is_no_report_of_ours_is_read_and_left(mailbox, sent):
    stranger = EmailMessage()
    stranger["Message-ID"] = "<11111111-2222-4333-8444-555555555555@connect>"
    answer = EmailMessage()
    answer["Subject"], answer["In-Reply-To"] = "Out of office", sent["Message-ID"]
    for message in (report(sent, action="delayed"), report(stranger), answer):
        mailbox(message)

    assert read_returned_mail(NOW) == 0
    assert not DeadAddress.objects.exists() and told() == []


def test_a_complaint_and_a_failure_stop_what_one_can_do_without_and_no_duty(mailbox, sent, client):
    mailbox(report(sent, kind="feedback-report"))
    read_returned_mail(NOW)

    alerts = post_letter("opportunity_alert", key="a", to=[GONE], optional="alerts", requests=[])
    duty = post_letter("dossier_reopen", key="b", to=[GONE], reference="CN-1", title="Water")
    client.force_login(make_officer())
    listed = client.get(reverse("admin:notifications_deadaddress_changelist")).text
    DeadAddress.objects.get().delete()
    tried = post_letter("opportunity_alert", key="a", to=[GONE], optional="alerts", requests=[])

    assert (alerts, duty, tried) == (0, 1, 1)
    assert "gone@example.org" in listed and "complaint" in listed


def test_letters_come_back_to_the_mailbox_and_say_they_are_from_the_programme(
    settings, received, mailbox
):
    post_letter("dossier_reopen", key="k", to=[GONE], reference="CN-1", title="Water")
    send_waiting_letters(timezone.now())

    assert received(GONE.address.lower())[0]["From"] == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("code", ["busy", "time"])
def test_a_report_that_could_not_be_read_just_now_is_read_by_the_next_run(
    mailbox, sent, monkeypatch, code
):
    """E8: a machine that was busy marked it as read, and nobody heard that the letter came back."""

    def refused(kind, file):
        raise refusal_for(code)

    mailbox(report(sent))
    with monkeypatch.context() as busy:
        busy.setattr(returned, "parse_file", refused)
        first = read_returned_mail(NOW)

    assert (first, read_returned_mail(NOW), read_returned_mail(NOW)) == (0, 1, 0)
    assert DeadAddress.objects.get().address == GONE.address.lower()


@pytest.mark.parametrize("error", [refusal_for("time"), KeyError("boundary")])
def test_a_message_that_can_never_be_read_is_left_unread_and_shown_to_staff(
    mailbox, sent, monkeypatch, client, error
):
    """E8: it was read again by every run, for ever; what lies behind it is read all the same."""
    real, slow = returned.parse_file, EmailMessage()
    slow.set_content("Slow, slow.")
    read = []

    def parse(kind, file):
        read.append(b"Slow, slow." in file)
        if read[-1]:
            raise error
        return real(kind, file)

    monkeypatch.setattr(returned, "parse_file", parse)
    monkeypatch.setattr(returned, "AT_ONCE", 1)
    mailbox(slow)
    mailbox(report(sent))
    client.force_login(make_officer())

    back = [read_returned_mail(NOW) for _run in range(7)]

    assert (back, read.count(True)) == ([0] * 5 + [1, 0], 5)
    assert Letter.objects.filter(template="mail_unread").count() == 1
    assert "of the mailbox: look at it there." in client.get(reverse("admin:work")).text
    client.post(reverse("admin:work"), {"queue": "Returned e-mails"})
    read_returned_mail(NOW)
    assert read.count(True) == 6


DAY = timedelta(days=1)
QMAIL = """Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.

<gone@example.org>:
{}

--- Below this line is a copy of the message.

Message-ID: {}

Item 550 5.1.1 of the budget.
"""


def freely(of, words):
    """A message of a server that writes no report, as base64."""
    made = EmailMessage()
    made["Subject"] = "failure notice"
    made.set_content(QMAIL.format(words, of["Message-ID"]), cte="base64")
    return made


@pytest.mark.parametrize(
    ("made", "rests"),
    [
        (partial(report, status="5.2.2", why="smtp; 552 5.2.2 Mailbox full"), True),
        (partial(report, status="4.2.2", why="smtp; 452-4.2.2 Over quota"), True),
        (partial(report, status="5.7.1", why="smtp; 554 5.7.1 Looks like spam"), True),
        (partial(report, status="5.0.0", why="smtp; 550 Denied by policy"), True),
        (partial(report, status="5.1.8", why="smtp; 553 5.1.8 Sender unknown"), True),
        (partial(report, status="5.0.0", why="smtp; 550-5.1.1 User unknown"), False),
        (partial(report, action="failed (after 5 days)", status="5.1.10"), False),
        (partial(freely, words="Sorry, no mailbox here by that name. (#5.1.1)"), False),
        (partial(freely, words="mailbox is full (#5.2.2)"), True),
        (partial(freely, words="Something went wrong."), True),
    ],
)
def test_a_full_mailbox_and_a_filter_are_tried_again_and_who_is_not_there_is_not(
    mailbox, sent, made, rests
):
    mailbox(made(sent))
    letter = Letter.objects.get(message_id=sent["Message-ID"][1:-9])

    returned_now = read_returned_mail(NOW)

    letter.refresh_from_db()
    dead = DeadAddress.objects.get()
    assert (returned_now, dead.rests_until) == (1, NOW + 3 * DAY if rests else None)
    assert (letter.sent_at is None, letter.not_before == NOW + 3 * DAY) == (rests, rests)
    [words] = [compose_letter(one)[1] for one in Letter.objects.filter(template="letter_returned")]
    assert ("This e-mail will then be sent once more." in words) == rests


def test_an_e_mail_that_was_held_and_left_is_held_no_more_when_it_comes_back(mailbox, sent):
    """It stood among those that are held: to be rewritten, though its reader may have it."""
    letter = Letter.objects.get(message_id=sent["Message-ID"][1:-9])
    Letter.objects.filter(pk=letter.pk).update(hold="hours")

    mailbox(freely(sent, "mailbox is full (#5.2.2)"))
    read_returned_mail(NOW)

    letter.refresh_from_db()
    assert (letter.sent_at, letter.not_before) == (None, NOW + 3 * DAY)
    assert not Letter.objects.held(NOW + DAY).exists()


def test_an_address_is_dead_once_it_came_back_several_times_and_alive_after_its_rest(mailbox, sent):
    post_letter("dossier_reopen", key="other", to=[GONE], reference="CN-2", title="Waste")
    other = Letter.objects.get(key__startswith="other")
    full = partial(report, status="5.2.2", why="smtp; 552 5.2.2 Mailbox full")

    def alert(now):
        """Say whether the address gets a letter that one can do without."""
        return post_letter("opportunity_alert", key=str(now), to=[GONE], optional="alerts", now=now)

    stood = []
    for days in (0, 4, 8):
        now = NOW + days * DAY
        Letter.objects.filter(pk__lte=other.pk).update(sent_at=now)
        mailbox(full(sent))
        mailbox(full({"Message-ID": f"<{other.message_id}@connect>"}, whole=False))  # the same day
        read_returned_mail(now)
        known = DeadAddress.objects.get()
        stood.append((known.failures, alert(now + DAY), alert(now + 3 * DAY)))

    assert stood == [(1, 0, 1), (2, 0, 1), (3, 0, 0)]
    assert len(told()) == 4  # once a trouble, and of each letter that a dead address did not get


def test_without_a_mailbox_nothing_is_asked():
    assert read_returned_mail(NOW) == 0
