"""Sessions: what the second factor of one opens in no other, how they end, what outlives them."""

import time
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import lost_factors, sessions
from accounts.models import LostFactor
from connect.restricted import decrypt, rotate_keys
from notifications.models import Letter
from tests.factories import give_factor, make_authority, make_dossier, make_officer, make_user
from tests.security.sign_in import (
    ADMIN,
    PASSWORD,
    code,
    confirm,
    enter,
    in_step,
    make_administrator,
    sign_in,
    with_password,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "198.51.100.7"


def key_of(client):
    return client.session.session_key


def make_factor(client, in_time=1):
    """Make a second factor in this session; return its secret."""
    confirm(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with in_step(in_time):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    return secret


def strip_factor(client):
    """Take what a session gave as second factor out of it."""
    session = client.session
    session.pop("account_authentication_methods", None)
    session.save()


@pytest.fixture
def ines(after_flush):
    """An officer, a session of hers in which she made a factor, and its secret."""
    officer = with_password(make_officer("Ines"))
    officer.authenticator_set.all().delete()
    client, _answer = sign_in(officer)
    return officer, client, make_factor(client)


def test_a_session_without_the_factor_opens_nothing_although_its_person_has_one(client):
    """H11: the factor is the session's, not the person's."""
    client.force_login(make_officer("Ines"))
    opened = client.get(ADMIN).status_code
    strip_factor(client)

    pages = [ADMIN, reverse("my"), reverse("account_email"), reverse("sessions"), reverse("home")]
    shut = {client.get(page).headers.get("Location", "").split("?")[0] for page in pages}

    assert opened == 200
    assert shut == {reverse("mfa_reauthenticate")}


@pytest.mark.django_db(transaction=True)
def test_a_factor_changes_the_id_ends_the_other_sessions_and_is_told(after_flush):
    """H11, S1, S4: made, given late or lost."""
    officer = with_password(make_officer("Ines"))
    officer.authenticator_set.all().delete()
    here, _answer = sign_in(officer)
    there, _answer = sign_in(officer)
    before = key_of(here)

    secret = make_factor(here)
    made = key_of(here)
    alive = there.get(reverse("account")).url
    letters = list(Letter.objects.values_list("address", "template"))
    strip_factor(here)
    with in_step(3):
        here.post(reverse("mfa_reauthenticate"), {"code": code(secret)})
    given, opened = key_of(here), here.get(ADMIN).status_code
    third = Client()
    third.force_login(officer)
    UserSession.objects.create(
        user=officer, session_key=key_of(third), ip=ADDRESS, user_agent="", data={}
    )
    here.post(reverse("mfa_deactivate_totp"))

    assert len({before, made, given, key_of(here)}) == 4
    assert alive.startswith(reverse("account_login"))
    assert (officer.email, "mfa/email/totp_activated") in letters
    assert opened == 200
    assert not Authenticator.objects.filter(user=officer).exists()
    assert here.get(ADMIN).url == reverse("mfa_activate_totp")
    assert third.get(reverse("account")).url.startswith(reverse("account_login"))
    assert Letter.objects.filter(template="mfa/email/totp_deactivated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_recovery_codes_are_shown_once_and_each_opens_once(ines):
    """H11, A5: a code of the app and a code for the worst day, each used once."""
    officer, client, secret = ines
    shown = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    again = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]

    def opens_with(given):
        other, _answer = sign_in(officer)
        other.post(reverse("mfa_authenticate"), {"code": given})
        return other.get(ADMIN).status_code

    with in_step(5):
        app = [opens_with(code(secret)), opens_with(code(secret))]
    recovery = [opens_with(shown[0]), opens_with(shown[0])]

    assert len(shown) == 10 and set(again) == {"****"}
    assert app == [200, 302]
    assert recovery == [200, 302]


@pytest.mark.django_db(transaction=True)
def test_seeds_are_in_no_dump_and_open_the_door_before_and_after_a_rotation(settings, after_flush):
    """D3: (6.5.2) the app's and that of recovery codes, while made, kept, rotated, undone."""
    settings.FIELD_KEYS = [b"o" * 32]
    officer = with_password(make_officer("Ines"))
    officer.authenticator_set.all().delete()
    client, _answer = sign_in(officer)
    confirm(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    dumps = [str(client.session.items())]
    client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    dumps.append(str(client.session.items()))
    with in_step(1):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    factors = officer.authenticator_set.order_by("type")
    seed = decrypt(factors[0].data["seed"])

    def dump():
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(a::text, '') FROM mfa_authenticator a")
            dumps.append(cursor.fetchone()[0])

    def opens(time, recovery):
        other, _answer = sign_in(officer)
        with in_step(time):
            other.post(reverse("mfa_authenticate"), {"code": code(secret)})
        another, _answer = sign_in(officer)
        another.post(reverse("mfa_authenticate"), {"code": recovery})
        return [other.get(ADMIN).status_code, another.get(ADMIN).status_code]

    dump()
    opened = opens(5, codes[0])
    settings.FIELD_KEYS = [b"n" * 32, b"o" * 32]
    rotated = [rotate_keys(), rotate_keys()]
    settings.FIELD_KEYS = [b"n" * 32]
    opened += opens(9, codes[1])
    import_module("accounts.migrations.0011_encrypted_seeds").put_in_clear(apps, None)
    in_clear = [factor.data.get("secret") or factor.data["seed"] for factor in factors.all()]
    opened += opens(13, codes[2])
    rotated.append(rotate_keys())
    dump()
    opened += opens(17, codes[3])

    assert opened == [200] * 8
    assert rotated == [2, 0, 2] and in_clear == [seed, secret]
    assert not any(secret in text or seed in text for text in dumps)


def test_a_person_sees_and_ends_their_sessions():
    """H11, S4: where one is signed in, with device and last use; one ended, then all."""
    efua = with_password(make_user("Efua"))
    here, _answer = sign_in(efua)
    agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
    there = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=ADDRESS)
    there.post(reverse("account_login"), {"login": efua.email, "password": PASSWORD})
    mallory, _answer = sign_in(with_password(make_user("Mallory")))

    page = here.get(reverse("sessions"))
    row = next(one for one in page.context["sessions"] if one.ip == ADDRESS)
    theirs = mallory.post(reverse("sessions"), {"session": row.pk}).status_code
    still = there.get(reverse("my")).status_code
    here.post(reverse("sessions"), {"session": row.pk})
    ended = there.get(reverse("my")).status_code
    here.post(reverse("sessions"), {"everywhere": "yes"})

    assert row.device == "Firefox, Windows" and ADDRESS in page.text
    assert (theirs, still, ended) == (404, 200, 302)
    assert here.get(reverse("my")).status_code == 302
    assert not UserSession.objects.filter(user=efua).exists()
    assert mallory.get(reverse("my")).status_code == 200


def test_signing_in_gives_a_new_id_and_signing_out_ends_it_on_the_server():
    """S1, S2: an id from before, or from after, opens nothing."""
    efua = with_password(make_user("Efua"))
    client = Client()
    client.get(reverse("account_login"))
    before = client.session.session_key

    client.post(reverse("account_login"), {"login": efua.email, "password": PASSWORD})
    during = client.session.session_key
    stolen = Client()
    stolen.cookies.update(client.cookies)
    opened = stolen.get(reverse("my")).status_code
    left = client.post("/fr/account/logout/")

    assert left.url == "/fr/"  # in the language of the page, and not of the browser
    assert before != during
    assert opened == 200
    assert stolen.get(reverse("my")).status_code == 302
    assert not Session.objects.filter(session_key=during).exists()


@pytest.mark.parametrize(("who", "life"), [("staff", sessions.STAFF), ("others", sessions.OTHERS)])
def test_a_session_ends_when_nothing_happens_and_in_any_case(client, who, life):
    """S3, H11: enforced here, whatever the cookie says; staff's sooner."""
    client.force_login(make_officer("Ines") if who == "staff" else make_user("Efua"))
    began = time.time()
    my, idle, whole = reverse("my"), life.idle.total_seconds(), life.whole.total_seconds()

    def opens(at):
        with time_machine.travel(began + at, tick=False):
            return client.get(my).status_code

    kept = [opens(step * (idle - 120)) for step in range(1, int(whole // idle))]
    last = int(whole // idle - 1) * (idle - 120)
    gone = opens(last + idle + 1)

    assert set(kept) == {200}
    assert gone == 302
    client.force_login(make_officer("Ana") if who == "staff" else make_user("Kofi"))
    began = time.time()
    assert {opens(at) for at in range(0, int(whole) - 60, int(idle) - 120)} == {200}
    assert opens(whole + 1) == 302
    assert sessions.STAFF.idle.total_seconds() == 30 * 60


def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in(client):
    """H11: neither a poll, nor asking how long is left, nor a save of nothing new is an act."""
    agona = make_authority()
    efua, dossier = make_user("Efua", works_for=agona), make_dossier(agona)
    client.force_login(efua)
    autosave = reverse("autosave", args=[dossier.reference, "problem"])
    version = dossier.drafts.get(section="problem").version
    typed = {"problem": "Sludge is tipped in the open.", "version": version}
    began, idle = time.time(), sessions.OTHERS.idle.total_seconds()

    def acted(at, ask):
        with time_machine.travel(began + at, tick=False):
            ask()
        return client.session[sessions.ACTED] == pytest.approx(began + at, abs=5)

    told = [
        acted(300, lambda: client.get(reverse("my"), headers={"sec-fetch-dest": "empty"})),
        acted(400, lambda: client.get(reverse("session"))),
        acted(500, lambda: client.post(autosave, typed)),
        acted(600, lambda: client.post(autosave, typed | {"version": version + 1})),
        acted(700, lambda: client.get(reverse("my"), headers={"sec-fetch-dest": "document"})),
        acted(800, lambda: client.post(reverse("session"))),
    ]
    with time_machine.travel(began + 900, tick=False):
        left = client.get(reverse("session")).json()["left"]

    assert told == [False, False, True, False, True, True]
    assert left == pytest.approx(idle - 100, abs=5)


def test_a_form_of_the_admin_sent_too_late_is_offered_again_to_its_person_alone(client):
    """S5, H11: nothing typed is lost when a session of staff's ends."""
    officer, other = with_password(make_officer("Ines")), with_password(make_officer("Ana"))
    Authenticator.objects.all().delete()  # what follows is not about the factor
    page = reverse("admin:registry_association_add")
    typed = {"name": "Local government of Ghana", "country": "GH", "_save": "1"}

    def send_late():
        client.force_login(officer)
        give_factor(client)
        with time_machine.travel(time.time() + 31 * 60, tick=False):
            return client.post(page, typed | {"csrfmiddlewaretoken": "x"})

    def back_as(person):
        """Sign in where the session ended, as the page asks."""
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        give_factor(client)

    late = send_late()
    back_as(other)
    others = client.get(page).text
    send_late()
    back_as(officer)
    offered = client.get(page)
    again = client.post(page, dict(offered.context["fields"]))
    send_late()
    back_as(officer)
    client.get(f"{page}?discard=1")

    assert late.url == f"{reverse('account_login')}?next={page}"
    assert typed["name"] not in others
    assert "What you typed has been saved" in offered.text
    assert dict(offered.context["fields"]) == typed
    assert typed["name"] in again.text  # the admin's own form, filled in: it asks for more
    assert typed["name"] not in client.get(page).text


def test_a_password_is_never_kept_with_what_was_typed(client):
    """S5: pages about the account itself keep nothing."""
    client.force_login(make_user("Efua"))

    with time_machine.travel(time.time() + 5 * 3600, tick=False):
        client.post(reverse("account_set_password"), {"password1": PASSWORD})

    assert "typed_on" not in client.session


def test_the_number_of_a_passport_is_kept_nowhere():
    """P6: neither through a sign-in nor with a page that asks for something else first."""
    table, exchange = agreed()
    guest = exchange.participants.get(travels=True)
    page = reverse("invitation", args=[exchange.reference, guest.pk])
    typed = {"passport": "N 1234567", "lodging": "Hotel Linde, 1 Quay"}
    headers = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    efua = signed_in(table.efua)

    refused = efua.post(page, typed, headers=headers)
    with time_machine.travel(time.time() + 5 * 3600, tick=False):
        efua.post(page, typed)
        (kept,) = efua.session["typed_on"].values()

    assert "needs first: the first day, the last day." in refused.text
    assert (refused.status_code, "N 1234567" in refused.text) == (200, True)
    assert decrypt(kept["typed"]) == "lodging=Hotel+Linde%2C+1+Quay"


def test_the_rights_of_staff_end_with_the_next_request(client):
    """Z9: an officer who is none any more, and a person whose account is closed."""
    officer = make_officer("Ines")
    client.force_login(officer)
    before = client.get(ADMIN).status_code

    type(officer).objects.filter(pk=officer.pk).update(is_staff=False)
    without = client.get(ADMIN).status_code
    type(officer).objects.filter(pk=officer.pk).update(is_active=False)

    assert (before, without) == (200, 302)
    assert client.get(reverse("my")).status_code == 302


def test_giving_rights_needs_the_password_again_and_ends_the_sessions_they_change(client):
    """H11, S1: asked before, done as it was sent, and the person signs in anew."""
    administrator, efua = make_administrator("Ines"), with_password(make_user("Efua"))
    theirs, _answer = sign_in(efua)
    page = reverse("admin:accounts_user_change", args=[efua.pk])
    fields = {"name": efua.name, "language": "en", "is_active": "on", "is_staff": "on"}
    client.force_login(administrator)

    asked = client.post(page, fields)
    efua.refresh_from_db()
    before = efua.is_staff, theirs.get(reverse("my")).status_code
    client.post(asked.url, {"password": PASSWORD, "next": page})
    efua.refresh_from_db()

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert before == (False, 200)
    assert efua.is_staff
    assert theirs.get(reverse("my")).status_code == 302


def test_two_administrators_together_help_who_lost_the_factor():
    """H11: neither alone nor the person; on record, and told."""
    ines, ana = make_administrator("Ines"), make_administrator("Ana")
    lost = with_password(make_officer("Jan"))
    theirs, _answer = sign_in(lost)
    unconfirmed, plain = Client(), enter(with_password(make_officer("Officer")))
    unconfirmed.force_login(ines)
    add, rows = reverse("admin:accounts_lostfactor_add"), LostFactor.objects.filter(person=lost)
    fields = {"person": lost.pk, "why": "I called the number that we have."}

    asked = unconfirmed.post(add, fields).url, plain.post(add, fields).status_code, rows.count()
    first, second = enter(ines), enter(ana)
    own = first.post(add, fields | {"person": ines.pk}).text
    first.post(add, fields)
    confirming = {"action": "confirm", "_selected_action": [rows.get().pk], "sure": "yes"}
    changelist = reverse("admin:accounts_lostfactor_changelist")
    alone = first.post(changelist, confirming, follow=True).text
    still = lost.authenticator_set.exists()
    second.post(changelist, confirming)
    again = second.post(changelist, confirming, follow=True).text

    assert asked[0].startswith(reverse("account_reauthenticate")) and asked[1:] == (403, 0)
    assert "Ask another administrator for yourself" in own
    assert "Another administrator than the one who asked" in alone and still
    assert not lost.authenticator_set.exists()
    assert "confirmed already" in again
    assert [(row.asked_by, row.confirmed_by) for row in rows] == [(ines, ana)]
    told = Letter.objects.filter(address=lost.email).order_by("pk")
    assert [one.template for one in told] == ["factor_lost", "factor_removed"]
    assert theirs.get(reverse("my")).status_code == 302
    assert not UserSession.objects.filter(user=lost).exists()


def test_a_lost_factor_is_confirmed_within_a_day_and_by_the_database_by_somebody_else():
    """H11: what must always hold, holds in the table too."""
    ines, ana, jan = (make_administrator(name) for name in ("Ines", "Ana", "Jan"))
    now = timezone.now()
    asked = lost_factors.request_removal(jan, "Seen in person", actor=ines, now=now)

    with pytest.raises(ValidationError) as late:
        lost_factors.remove_factor(asked, actor=ana, now=now + timedelta(hours=25))
    with pytest.raises(ValidationError) as own:
        lost_factors.remove_factor(asked, actor=jan, now=now)
    with pytest.raises(PermissionDenied):
        lost_factors.remove_factor(asked, actor=make_officer("Officer"), now=now)

    assert (late.value.code, own.value.code) == ("too_late", "same_administrator")
    for who in (ines, jan):
        with pytest.raises(IntegrityError), transaction.atomic():
            LostFactor.objects.filter(pk=asked.pk).update(confirmed_by=who)
