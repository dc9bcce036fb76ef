"""Letters: once each, in the reader's language, nothing lost when the server is away."""

import smtplib
import uuid
from datetime import timedelta
from importlib import import_module
from io import StringIO
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from connect.local import places
from connect.mail import Recipient
from notifications import letter_text, sending
from notifications.models import MAX_TRIES, Letter, Priority
from notifications.outbox import cancel_letters, post_letter, recall_letters
from notifications.sending import send_waiting_letters
from tests.factories import make_expert, make_officer, make_session, make_user
from tests.worlds import agreed

pytestmark = pytest.mark.django_db

NOW = timezone.now()
MAYOR = Recipient("maire@example.org", "Pascal", "fr")
CONTEXT = {"reference": "CN-1", "title": "Déchets", "authority": "Ziniaré"}


def write(key="dossier:1:sent", to=(MAYOR,)):
    return post_letter("dossier_submit", key=key, to=to, path="/dossiers/CN-1/", **CONTEXT)


def test_the_same_reason_is_one_letter_a_recipient():
    """E1: however often it is posted."""
    other = Recipient("esi@example.org", "Esi")

    assert [write(), write(), write(to=[MAYOR, other])] == [1, 0, 1]


def test_what_another_e_mail_told_in_its_place_is_not_listed_as_sent(client):
    """The items of an agenda that were combined in one e-mail stood there one by one."""
    efua = make_user("Efua")
    facts = {"reference": "EX-1", "title": "Latrines"}
    for key in ("alone", "agenda:7", "news"):
        post_letter("exchange_complete", key=key, to=[efua], **facts)
    Letter.objects.update(sent_at=timezone.now(), subject="Held")
    Letter.objects.filter(key__startswith="news").update(is_gathered=True)
    Letter.objects.filter(key__startswith="agenda").update(is_gathered=True, burst="agenda:7")
    client.force_login(efua)

    page = client.get(reverse("letters")).context["page"]

    assert {letter.key.partition(":")[0] for letter in page} == {"alone", "news"}


def test_what_was_sent_to_an_address_in_capitals_is_in_its_readers_list(client):
    """Accounts have theirs in small letters: it was in neither list, and could not be recalled."""
    efua = make_user("Efua")
    typed = Recipient(efua.email.title(), "Efua")
    facts = {"reference": "EX-1", "title": "Latrines"}
    post_letter("exchange_complete", key="a", to=[typed], **facts)
    post_letter("exchange_complete", key="b", to=[typed], **facts)

    recalled = cancel_letters("b", to=[typed])
    Letter.objects.filter(cancelled_at=None).update(sent_at=timezone.now(), subject="Held")
    client.force_login(efua)

    assert recalled == 1
    assert list(client.get(reverse("letters")).context["page"]) == [
        Letter.objects.get(key__startswith="a:")
    ]


def test_a_letter_speaks_its_readers_language_and_links_to_the_configured_site(received):
    """E7: its language, its text, its links."""
    # The letter box is shared by the tests that run at once: this mayor is this test's alone.
    mayor = Recipient(f"maire-{uuid.uuid4().hex[:8]}@example.org", "Pascal", "fr")
    write(to=[mayor])

    send_waiting_letters(timezone.now())

    letter = received(mayor.address)[0]
    text = letter.get_body(("plain",)).get_content()
    # A long subject stands on a line of its own, which begins with a space.
    assert letter["Subject"].lstrip(" ") == "CN-1 : le dossier (Ziniaré) a été envoyé"
    assert f"{places.site_url()}/r/CN-1\r\n" in text
    assert letter.get_body(("html",)) is not None
    assert str(Letter.objects.get().message_id) in letter["Message-ID"]


def test_a_letter_waits_twice_as_long_after_each_try_and_never_more_than_a_day():
    tries = range(1, MAX_TRIES + 1)

    waits = [sending.wait_after_failure(number, Priority.ORDINARY) for number in tries]
    urgent = [sending.wait_after_failure(number, Priority.URGENT) for number in tries]

    assert waits == [
        *(timedelta(minutes=2 * 2**number) for number in tries[:-1]),
        timedelta(days=1),
    ]
    assert urgent == [timedelta(seconds=5 * 2**number) for number in tries]


def test_a_date_in_a_letter_takes_the_readers_format():
    people = [Recipient(f"{code}@example.org", "X", code) for code in ("en", "fr", "es")]
    facts = {"closes_on": "2027-02-28", "title": "Water", "reference": "CN-2027-0001"}
    post_letter("dossier_draft_reminder", key="d", to=people, **facts)

    said = [letter_text.compose_letter(letter)[1] for letter in Letter.objects.order_by("pk")]

    assert ["28 February 2027" in said[0], "28 février 2027" in said[1]] == [True, True]
    assert "28 de febrero de 2027" in said[2]


def test_a_change_that_is_undone_leaves_no_letter():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError

    assert not Letter.objects.exists()


def test_a_letter_is_taken_back_until_it_has_left():
    write("interest:1:invited")
    write("interest:12:invited")

    assert cancel_letters("interest:1:invited") == 1
    assert send_waiting_letters(timezone.now()) == 1
    assert cancel_letters("interest:12:invited") == 0


def while_the_first_leaves(monkeypatch, then):
    """Do something once the first e-mail of a batch has left, before the second one's turn."""
    send, waiting = sending.send_letter, [then]

    def send_slowly(letter, connection):
        send(letter, connection)
        while waiting:
            waiting.pop()()

    monkeypatch.setattr(sending, "send_letter", send_slowly)


def test_what_is_cancelled_while_its_batch_leaves_does_not_leave(monkeypatch):
    """E4: the answer came while a slow mail server took those before it."""
    write("interest:1:invited")
    write("interest:12:invited")
    while_the_first_leaves(monkeypatch, lambda: cancel_letters("interest:12:invited"))

    assert send_waiting_letters(timezone.now()) == 1

    second = Letter.objects.get(key__startswith="interest:12:")
    assert (second.sent_at, bool(second.cancelled_at)) == (None, True)


def test_what_another_worker_took_meanwhile_leaves_once(monkeypatch):
    """E1: a batch that took longer than it was leased for."""
    write("interest:1:invited")
    write("interest:12:invited")
    later, taken = timezone.now() + timedelta(minutes=11), []
    while_the_first_leaves(
        monkeypatch, lambda: taken.extend(sending.claim_letters(later, limit=200))
    )

    assert send_waiting_letters(timezone.now()) == 1

    assert [letter.key for letter in taken if letter.sent_at is None] == [
        Letter.objects.get(key__startswith="interest:12:").key
    ]
    assert Letter.objects.get(key__startswith="interest:12:").sent_at is None


@pytest.mark.parametrize(
    ("columns", "is_recalled"),
    [
        ({}, True),
        ({"sent_at": NOW}, False),
        ({"leased_until": NOW + timedelta(minutes=1)}, False),  # it is leaving now
        ({"leased_until": NOW}, True),  # whoever wanted to send it has died
        ({"leased_until": NOW + timedelta(minutes=1), "last_error": "SMTPError"}, True),
    ],
)
def test_letters_of_a_change_are_recalled_while_none_of_them_has_left(columns, is_recalled):
    write("match:1:asked", to=[MAYOR, Recipient("town@example.org", "Town")])
    Letter.objects.filter(address=MAYOR.address).update(**columns)

    assert recall_letters("match:1:asked", NOW) is is_recalled
    assert Letter.objects.exclude(cancelled_at=None).count() == (2 if is_recalled else 0)


def test_a_server_that_is_away_delays_and_loses_nothing(settings):
    """E2: and the page does not wait."""
    write()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    now = timezone.now()

    with pytest.raises(OSError):
        send_waiting_letters(now)
    settings.EMAIL_PORT = port

    assert Letter.objects.unsent().count() == 1
    assert send_waiting_letters(now) == 1


def test_a_letter_that_fails_holds_back_no_other_and_is_given_up_at_last(monkeypatch):
    good, real = Recipient("good@example.org", "Good"), sending.send_letter
    write(to=[MAYOR, good])

    def refuse(letter, connection):
        if letter.address == MAYOR.address:
            raise smtplib.SMTPRecipientsRefused({})
        real(letter, connection)

    monkeypatch.setattr(sending, "send_letter", refuse)
    now = timezone.now()
    sent = [send_waiting_letters(now + timedelta(days=2 * n)) for n in range(MAX_TRIES + 2)]

    # Once it is given up, staff are told: that is the one letter more.
    assert sent == [1] + [0] * (MAX_TRIES - 1) + [1, 0]
    assert Letter.objects.failed().get().address == MAYOR.address
    assert "SMTPRecipientsRefused" in Letter.objects.failed().get().last_error


def test_a_fault_is_logged_with_its_lines_where_these_hold_no_secret_and_no_answer(
    monkeypatch, caplog
):
    logged = {}
    for is_secret in (False, True):
        for error in (
            ValueError("a fault of ours"),
            smtplib.SMTPDataError(550, b"no maire@example.org here"),
        ):
            write(f"{is_secret}:{error}")
            letter = Letter.objects.first()
            letter.is_secret = is_secret
            monkeypatch.setattr(sending, "send_letter", mock.Mock(side_effect=error))
            sending.try_to_send_letter(letter, None, NOW)
            logged[is_secret, type(error).__name__] = bool(caplog.records[-1].exc_info)

    assert logged == {
        (False, "ValueError"): True,
        (False, "SMTPDataError"): False,
        (True, "ValueError"): False,
        (True, "SMTPDataError"): False,
    }


def test_a_leased_letter_is_not_sent_by_a_second_worker():
    write()
    now = timezone.now()

    assert len(sending.claim_letters(now, 10)) == 1
    assert sending.claim_letters(now, 10) == []
    assert len(sending.claim_letters(now + sending.LEASE, 10)) == 1


def test_a_name_with_a_line_break_adds_no_header(received):
    address = f"break-{timezone.now():%f}@example.org"
    context = CONTEXT | {"authority": "Town\r\nBcc: spy@example.org"}
    post_letter("dossier_submit", key="break", to=[Recipient(address, "X")], **context)

    send_waiting_letters(timezone.now())

    assert received(address)[0]["Bcc"] is None


def test_staff_see_what_failed_and_try_it_again(client):
    write()
    Letter.objects.update(tries=MAX_TRIES)
    client.force_login(make_officer())
    page = "/admin/notifications/letter/?stands=failed"

    shown = client.get(page).content.decode()
    client.post(page, {"action": "try_again", "_selected_action": [Letter.objects.get().pk]})

    assert MAYOR.address in shown
    assert Letter.objects.due(timezone.now()).count() == 1


def test_the_keys_of_reminders_that_have_left_name_their_step_since():
    """Else whoever was reminded before the upgrade would be reminded again; and back."""
    migration = import_module("notifications.migrations.0015_name_steps_in_keys")
    renamed = [
        ("match:3:asked:7:", "day9", "second", ""),
        ("draft:3:", "closing-2", "closing-last", ":2027-02-26"),
        ("correction:3:", "5", "first", ""),
        ("scores:3:2027-02-26:", "7", "first", ""),
        ("call:3:", "closing-14", "closing-first", ":2027-02-26"),
        ("exchange:3:plan:", "21", "second", ""),
        ("follow-up:3:", "-14", "ahead", ""),
        ("evaluation:3:", "12", "last", ""),
        ("exchange:3:missing:2027-02-26:", "30", "first", ""),
        ("opportunity:3:closing:", "14", "first", ":2027-02-26"),
        ("dossier-event:", "5", "5", ""),
    ]
    before, after = (
        [f"{row[0]}{row[which]}{row[3]}:a@example.org" for row in renamed] for which in (1, 2)
    )
    now = timezone.now()
    Letter.objects.bulk_create(Letter(key=key, template="x", not_before=now) for key in before)
    keys = Letter.objects.order_by("pk").values_list("key", flat=True)

    migration.name_steps(apps, None)
    named = list(keys.all())
    migration.name_days(apps, None)

    assert (named, list(keys.all())) == (after, before)


OLD_KEYS = {
    "employer:12:20261129": ("registry.expert", 12),
    "profile:13:remind:2026-01-10": ("registry.expert", 13),
    "goes:profiles:14:2026-12-01:1": ("registry.expert", 14),
    "membership:15:asked": ("registry.membership", 15),
    "co-applicant:16:20261129": ("applications.coapplicant", 16),
    "contributor:28": ("applications.contributor", 28),
    "call:17:extended:202611291200:18": ("applications.dossier", 18),
    "call:17:closing-last:2026-12-01": ("applications.call", 17),
    "goes:dossiers-private:19:2026-12-01:1": ("applications.dossier", 19),
    "dossier-event:20:asks": ("applications.dossierevent", 20),
    "match:21:asked:22:first": ("matching.consent", 22),
    "match:21:match_agreed": ("matching.match", 21),
    "interest:23:invited": ("matching.interest", 23),
    "exchange:24:budget-changed:20261129120000": ("exchanges.exchange", 24),
    "practice:25:message:26:2026-11-29:abc": ("accounts.user", 26),
    "news:27": ("notifications.letter", 27),
    "stuck:2026-11-29": ("", None),
    "seal:2026-11-29": ("", None),
}


def test_letters_of_before_know_the_row_that_they_concern_from_their_keys():
    """What waits can still be cancelled, and what was sent is found where somebody is erased."""
    for key in OLD_KEYS:
        post_letter("dossier_reopen", key=key, to=[MAYOR], reference="CN-1", title="W")

    import_module("notifications.migrations.0026_fill_row_that_a_letter_concerns").fill(apps, None)

    found = {
        letter.key.removesuffix(f":{MAYOR.address}"): (letter.concerned_model, letter.concerned_pk)
        for letter in Letter.objects.all()
    }
    assert found == OLD_KEYS


def test_what_the_old_version_wrote_during_an_upgrade_is_filled_once_it_has_ended():
    """`migrate` had filled what was there; a reminder written after it left after the answer."""
    expert, session = make_expert(), make_session(agreed()[1])
    wrote = timezone.now()
    for key in (f"profile:{expert.pk}:remind:2026-01-10:", f"session:{session.uid}:cancelled:"):
        Letter.objects.create(
            key=key, template="profile_remind", address="Rob@Almere.example", not_before=wrote
        )

    for _twice in range(2):
        call_command("fill_letters", stdout=StringIO())
    assert [
        (letter.concerned_model, letter.concerned_pk, letter.address)
        for letter in Letter.objects.filter(template="profile_remind").order_by("pk")
    ] == [
        ("registry.expert", expert.pk, "rob@almere.example"),
        ("exchanges.session", session.pk, "rob@almere.example"),
    ]
    assert cancel_letters(expert) == cancel_letters(session) == 1


def test_letters_are_cancelled_by_the_row_that_they_concern_and_by_their_kind():
    """A prefix that was typed wrongly cancelled nothing, and nobody was told."""
    one, other = make_officer("Ines"), make_officer("Jan")
    facts = {"reference": "CN-1", "title": "Water"}
    for number, about in enumerate((one, one, other)):
        kind = ("dossier_reopen", "dossier_submit")[number % 2]
        post_letter(kind, key=f"k{number}", concerns=about, to=[MAYOR], **facts)

    with pytest.raises(ValueError, match="dossier_reopned"):
        cancel_letters(one, "dossier_reopned")
    assert cancel_letters(one, "dossier_reopen") == 1
    assert recall_letters(type(one).objects.filter(pk=one.pk), NOW) is True
    waiting = Letter.objects.unsent()
    assert [(letter.template, letter.concerned_pk) for letter in waiting] == [
        ("dossier_reopen", other.pk)
    ]
