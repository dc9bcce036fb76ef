"""What strangers type, post and put in an address: refused or inert, never a broken page."""

import email.policy
import re
import threading
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.forms import BaseForm, CharField, TextInput
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from lxml import html

from accounts.forms import PersonForm, SignupForm
from accounts.models import User
from applications.forms.applicant_forms import CoApplicantForm
from applications.models import Attachment, Call, Dossier
from applications.sections import SECTIONS
from connect import files
from connect.pasted_values import LineField, PageField
from exchanges.models import Evaluation, Exchange
from matching import alerts
from notifications import outbox
from notifications.models import Letter
from practices.models import Practice
from registry import availability, profiles
from registry.membership_forms import ProposeForm
from registry.models import Expert, Offer, OfferWindow, Theme
from tests.addresses import EVERY_THIRD, EXPECTED, names_for
from tests.conftest import at_once
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_letter,
    make_officer,
    make_user,
)
from tests.worlds import OneOfEach, make_exchange, signed_in

pytestmark = pytest.mark.django_db

NASTY = (
    *("'", '"', "\\", "%", "%00", "\x00", "a\x00b", "😀" * 50, "\ud800", "-1", "9" * 40, "1e9"),
    *("٣", "²", "' OR 1=1 --", "{{ settings.SECRET_KEY }}", "%(name)s", "\r\nX: y", "x" * 5000),
)
ASKED = ("q", "page", "theme", "country", "form", "language", "sort", "version", "next", "mine")


def test_each_field_of_one_line_takes_a_text_of_one_line():
    """H30: ends of lines in titles broke e-mails, subjects and calendars."""
    assert get_resolver().url_patterns  # imports every form

    def subclasses(kind):
        for one in kind.__subclasses__():
            yield one
            yield from subclasses(one)

    apps = {path.parent.name for path in Path(settings.BASE_DIR).glob("*/apps.py")}
    fields = [
        (form.__qualname__, name, type(field))
        for form in set(subclasses(BaseForm))
        if form.__module__.split(".")[0] in apps - {"accounts"}  # sign-in's are the library's
        for name, field in getattr(form, "base_fields", {}).items()
        if type(field.widget) is TextInput
    ]

    assert len(fields) > 60
    assert [one for one in fields if one[2] is CharField] == []
    assert LineField().clean("Emptying\u2028of\x85pits\r\nin\u3164Ago\u200bna") == (
        "Emptying of pits in Agona"
    )


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "base64", "idna", "rot13", "undefined"])
def test_a_form_in_another_encoding_is_refused_by_a_page_of_the_site(client, charset):
    """H31: it was a bare error, as the page that said so read the same form."""
    kind = f"application/x-www-form-urlencoded; charset={charset}"

    answer = client.generic("POST", "/en/accounts/login/", b"login=a", content_type=kind)

    assert (answer.status_code, "<main" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (SignupForm, "name"),
        (PersonForm, "name"),
        (CoApplicantForm, "name"),
        (CoApplicantForm, "contact"),
        (SECTIONS["contact"], "focal_name"),
        (SECTIONS["contact"], "legal_name"),
        (SECTIONS["follow-up"], "follow_up_person"),
    ],
)
def test_a_name_has_at_least_one_letter_of_any_script(form, field):
    """One letter is a name (Å is a town), and so are those of every script; dots are none."""
    clean = (form(instance=make_user()) if form is PersonForm else form()).fields[field].clean

    for name in ("Å", "Y", "ក", "محمد", "O’Neill", "Nuñez-Å", "张"):
        assert clean(name) == name
    for nothing in ("...", "-", "12", "’", "?!", "—"):
        with pytest.raises(ValidationError) as refusal:
            clean(nothing)
        assert refusal.value.messages == ["Enter a name: at least one letter."]


@pytest.mark.parametrize("times", [1, pytest.param(len(NASTY), marks=pytest.mark.faults)])
@pytest.mark.parametrize("role", ["anonymous", "colleague", "officer"])
def test_no_value_in_an_address_breaks_a_page(role, times):
    """Check I5: each parameter of each address, with quotes, nulls, emoji and huge numbers.

    A page gets another value in each parameter, and the next ones as many times as it is asked.
    """
    world, broken = OneOfEach(), []
    client = Client(raise_request_exception=False)
    if person := world.people[role]:
        client.force_login(person)
    names = [name for name, codes in EXPECTED.items() if 200 in codes]

    for place, name in enumerate(names):
        url = reverse(name, args=world.arguments.get(name, []))
        for turn in range(times):
            first = place + turn * (len(NASTY) // times)
            values = [NASTY[(first + one) % len(NASTY)] for one in range(len(ASKED))]
            data = dict(zip(ASKED, (one.encode("utf-8", "surrogatepass") for one in values)))
            if (status := client.get(url, data).status_code) >= 500:
                broken.append((name, data, status))

    assert broken == []


def test_no_number_in_a_path_breaks_a_page(client):
    world = OneOfEach()
    client.force_login(world.people["officer"])
    client.raise_request_exception = False
    reference, huge = world.arguments["dossier"][0], "9" * 40

    paths = (
        f"/en/dossiers/{reference}/opinion/{huge}/",
        f"/en/account/offers/{huge}/",
        f"/en/account/memberships/{huge}/decide/",
        f"/en/account/memberships/join/association/{huge}/",
        f"/en/matches/{huge}/",
        "/en/experts/%00/",
        "/en/dossiers/%00/",
        f"/admin/applications/dossier/{huge}/change/",
        f"/admin/matching/dossiertomatch/{huge}/desk/",
        "/admin/anything-mistyped/",
        "/admin/exchanges/exchange/5/",
        "/admin/applications/dossier/?waits=%00&status=%00",
        "/admin/applications/dossier/?q=%00",
    )
    assert [path for path in paths if client.get(path).status_code >= 500] == []


def test_a_null_in_a_form_is_refused_and_leaves_nothing(client):
    agona = make_authority()
    dossier = make_dossier(agona)
    client.force_login(make_user(works_for=agona))
    before = dossier.drafts.get(section="problem").raw

    for name in ("section", "autosave"):
        address = reverse(name, args=[dossier.reference, "problem"])
        answer = client.post(address, {"problem": "Two \x00 trucks", "version": "1"})
        assert answer.status_code == 400

    assert dossier.drafts.get(section="problem").raw == before


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example"),
        *("https:evil.example", "javascript:alert(1)", "%2F%2Fevil.example", "///evil.example"),
        "/\t/evil.example",
    ],
)
def test_signing_in_sends_nobody_to_another_site(client, target):
    """Check I6."""
    user = make_user("Efua")
    user.set_password("une phrase assez longue")
    user.save()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)

    answer = client.post(
        reverse("account_login"),
        {"login": user.email, "password": "une phrase assez longue", "next": target},
    )

    assert answer.status_code == 302
    there = urlsplit(urljoin("http://testserver/en/account/login/", answer.url))
    assert (there.scheme, there.netloc) == ("http", "testserver")


def test_a_name_with_a_line_break_adds_no_header_to_a_letter(client):
    """Check I8."""
    person = make_user("Efua\r\nBcc: all@example.org")

    outbox.post_letter(
        "membership_decided",
        key="k",
        to=[person],
        path="/account/memberships/",
        organisation="Town\r\nBcc: all@example.org",
        accepted=True,
    )

    message = outbox.message_of(Letter.objects.get()) if hasattr(outbox, "message_of") else None
    letter = Letter.objects.get()
    assert "\n" not in letter.subject and "\r" not in letter.subject
    if message is not None:
        assert message.message(policy=email.policy.SMTP)["Bcc"] is None


def test_a_file_is_a_download_of_its_own_type_that_no_page_can_use(client):
    """Checks I4 and Z5: by its address of ours alone, and only while one may read the dossier."""
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    letter = make_letter(dossier)
    url = reverse("file", args=[dossier.reference, letter.token])
    client.force_login(efua)

    answer = client.get(url)

    assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    for folder in ("", "media/", "static/", "var/media/"):
        assert client.get(f"/{folder}{letter.file.name}").status_code == 404
    client.post(reverse("account_logout"))
    assert client.get(url).status_code == 302
    client.force_login(make_user(works_for=make_authority()))
    assert client.get(url).status_code == 404


def test_a_dossier_sent_before_the_call_closes_counts_however_long_the_answer_takes(
    client, monkeypatch
):
    """Check K10: the second at which the server took the request up decides."""
    agona = make_authority()
    efua = make_user(works_for=agona)
    client.force_login(efua)
    began = timezone.now()

    def send(closes_at):
        dossier = make_dossier(agona)
        Call.objects.filter(pk=dossier.call_id).update(closes_at=closes_at)
        # The clock runs on while the request is at work: by the end the call has closed.
        with monkeypatch.context() as patch:
            patch.setattr("connect.request_time.timezone", SimpleNamespace(now=lambda: began))
            client.post(reverse("dossier-step", args=[dossier.reference, "submit"]))
        return Dossier.objects.get(pk=dossier.pk)

    in_time = send(began + timedelta(microseconds=1))
    late = send(began)

    assert (in_time.status, in_time.submitted_at) == ("submitted", began)
    assert (late.status, late.submitted_at) == ("draft", None)


def test_files_and_the_rows_that_name_them_are_compared(capsys):
    """Check K11: what is missing is told, what nobody names goes once it is a day old."""
    dossier = make_dossier()
    kept, lost = make_letter(dossier), make_letter(dossier)
    lost.file.storage.delete(lost.file.name)
    stray = kept.file.storage.save("dossiers/stray", kept.file)

    now = timezone.now()
    assert (lost.file.name, f"applications.Attachment {lost.pk}") in files.missing_files()
    assert stray not in files.leftover_files(now)
    later = now + timedelta(days=2)
    assert stray in files.leftover_files(later) and kept.file.name not in files.leftover_files(
        later
    )
    with pytest.raises(CommandError):
        call_command("check_files")
    assert f"missing: {lost.file.name}" in capsys.readouterr().out

    Attachment.objects.filter(pk=lost.pk).delete()
    kept.file.storage.delete(stray)
    assert lost.file.name not in dict(files.missing_files())


# Days at the ends of the calendar: refused when typed (test_pasted), and harmless where stored.


@EVERY_THIRD
@pytest.mark.parametrize(
    ("role", "day"), [("colleague", date.max), ("officer", date.max), ("officer", date.min)]
)
def test_no_stored_day_breaks_a_page(role, day, apart):
    """H29: each page, where all that somebody once typed is the calendar's first or last day."""
    world, client = OneOfEach(), Client(raise_request_exception=False)
    client.force_login(world.people[role])
    OfferWindow.objects.create(offer=Offer.objects.first(), starts_on=day, ends_on=day)
    Dossier.objects.update(starts_on=day, ends_on=day)
    Dossier.objects.exclude(results=[]).update(results=[{"by": day.isoformat()}])
    days = ("planned_start", "planned_end", "actual_start", "actual_end")
    Exchange.objects.update(**dict.fromkeys(days, day))
    Evaluation.objects.update(due_on=day)
    names = names_for(role, apart)
    pages = [reverse(name, args=world.arguments.get(name, [])) for name in names]
    pages += [
        reverse("admin:applications_dossier_change", args=[world.published.pk]),
        reverse("admin:exchanges_exchange_change", args=[Exchange.objects.get().pk]),
        availability.calendar_path(availability.create_calendar_link(Expert.objects.first())),
    ]

    assert [page for page in pages if client.get(page).status_code >= 500] == []


# What forms post: a number of thousands of digits, and one that no column holds.

HUGE = ("9" * 5000, "9" * 19, "-" + "9" * 30)
NUMBERS = ("aside", "version", "remove", "take", "sign", "entry", "offer", "interest", "page")
VERBS = "rank invite put_aside take_up undo extend propose screen shortlist decline".split()


@EVERY_THIRD
@pytest.mark.parametrize("role", ["colleague", "expert", "officer"])
def test_no_posted_number_breaks_a_page(role, apart):
    """H15: each number that a page of ours posts, and each field of its forms."""
    world, broken, tried = OneOfEach(), [], 0
    client = Client(raise_request_exception=False)
    client.force_login(world.people[role])

    for name in names_for(role, apart):
        url = reverse(name, args=world.arguments.get(name, []))
        page = client.get(url)
        fields = set(NUMBERS)
        if page.status_code == 200 and "html" in page["Content-Type"]:
            tree = html.fromstring(page.content)
            fields |= set(tree.xpath("//main//form//*[@name]/@name")) - {"csrfmiddlewaretoken"}
        for value in HUGE:
            status = client.post(url, dict.fromkeys(fields, value)).status_code
            tried += 1
            if status >= 500:
                broken.append((name, value[:5], status))

    assert broken == [] and tried > 200 / apart


def test_no_posted_number_breaks_a_page_of_the_admin():
    """H15: the desk's offer and interest, the choice of rows, and the numbers of an address."""
    world, broken = OneOfEach(), []
    client = Client(raise_request_exception=False)
    client.force_login(world.people["officer"])
    dossier = world.published.pk
    exchange = Exchange.objects.get().pk
    pages = [
        *(("matching_desk", [dossier], {"verb": verb, "reason": "other"}) for verb in VERBS),
        ("applications_dossier_changelist", [], {"action": "share_out"}),
        ("registry_authority_changelist", [], {"action": "verify"}),
        ("applications_dossier_change", [dossier], {}),
        ("exchanges_exchange_change", [exchange], {}),
        ("applications_call_committee", [world.published.call_id], {}),
        ("matching_policy", [world.published.call_id], {}),
        ("matching_allocation", [world.published.call_id], {"verb": "apply"}),
    ]
    names = ("offer", "interest", "_selected_action", "dossier", "member", "compare", "pk")
    for name, arguments, data in pages:
        for value in HUGE:
            url = reverse(f"admin:{name}", args=arguments)
            posted = data | dict.fromkeys(names, value)
            posted |= {"verb": f"{data['verb']} {value}"} if "verb" in data else {}
            for status in (
                client.post(url, posted).status_code,
                client.get(url, dict.fromkeys(names, value)).status_code,
            ):
                if status >= 500:
                    broken.append((name, data, value[:5], status))
    for name in ("applications_dossier", "exchanges_exchange", "exchanges_incident"):
        for value in HUGE:
            path = reverse(f"admin:{name}_changelist") + f"{value}/change/"
            if client.get(path).status_code >= 500:
                broken.append((path[:60], value[:5]))

    assert broken == []


@pytest.mark.parametrize("typed", ["abc", "²", "9" * 5000, "9" * 19, "-1", "1e9"])
def test_no_field_of_the_admin_that_searches_rows_breaks_on_what_is_no_row(typed):
    """H15: each of `autocomplete_fields`, of every page and of every table within a page."""
    officer, client = make_officer(), Client(raise_request_exception=False)
    officer.is_superuser = True
    officer.save()
    client.force_login(officer)
    request = RequestFactory().post("/admin/", {})
    request.user, looked_up = officer, []

    for page in admin.site._registry.values():
        if page.get_autocomplete_fields(request):
            looked_up.append(page)
            chosen = {name: [typed] for name in page.get_autocomplete_fields(request)}
            form = page.get_form(request, None, fields=list(chosen))(
                data=MultiValueDict(chosen), files=MultiValueDict()
            )
            assert form.errors.keys() >= chosen.keys()
            assert "<select" in str(form)
        for table in page.get_inline_instances(request):
            assert not table.get_autocomplete_fields(request), "SafeAutocompleteMixin"
    fields = {"merged_into": typed, "associations": typed}
    answer = client.post(reverse("admin:registry_authority_add"), fields)

    assert answer.status_code == 200 and len(looked_up) > 1


def test_a_choice_of_the_admin_is_still_shown_when_the_form_comes_back():
    """H15: what was chosen is not lost with what was wrong."""
    officer, client = make_officer(), Client()
    officer.is_superuser = True
    officer.save()
    client.force_login(officer)
    agona = make_authority("Agona West")

    page = reverse("admin:registry_authority_change", args=[make_authority("Swedru").pk])
    answer = client.post(page, {"merged_into": agona.pk})

    assert f'<option value="{agona.pk}" selected>' in answer.text


def test_numbers_are_read_by_one_function_that_knows_how_long_they_may_be():
    """H15: no view and no page of the admin reads what was sent with int() of its own."""
    base = Path(settings.BASE_DIR)
    views = [
        path
        for pattern in (
            "*/views.py",
            "*/*_views.py",
            "*/views/*.py",
            "*/*admin.py",
            "*/typed_texts.py",
        )
        for path in base.glob(pattern)
        if ".venv" not in path.parts and "var" not in path.parts
    ]

    assert len(views) > 20
    assert [str(path) for path in views if re.search(r"\b(int|float)\(", path.read_text())] == []


def test_characters_that_no_file_can_hold_are_left_out_of_what_is_typed(client):
    """H15: and a null is refused, as ever; the rest of what was typed is kept."""
    agona = make_authority()
    dossier = make_dossier(agona)
    client.force_login(make_user(works_for=agona))

    client.post(
        reverse("section", args=[dossier.reference, "problem"]),
        {"problem": "Two\x0btrucks\x02 of \ufffe the town 😀\tand\nmore", "version": "1"},
    )

    raw = dossier.drafts.get(section="problem").raw
    assert raw["problem"] == ["Two trucks of  the town 😀\tand\nmore"]
    found = client.get(reverse("opportunities"), {"q": "wa\x01ter"})
    assert found.context["request"].GET["q"] == "water" and found.status_code == 200


# At the same moment.


@pytest.mark.django_db(transaction=True)
def test_eight_presses_of_the_button_begin_one_practice(after_flush):
    """H15: eight at once got a broken page each but one."""
    exchange = make_exchange(1)
    efua = make_user(works_for=exchange.dossier.authority)
    answers = []

    def press():
        client = Client()
        client.force_login(efua)
        url = reverse("practices-of", args=[exchange.reference])
        answers.append(client.post(url).status_code)

    at_once(*[press] * 8)

    assert (answers, Practice.objects.count()) == ([302] * 8, 1)


@pytest.mark.django_db(transaction=True)
def test_ten_alerts_are_ten_however_many_are_asked_for_at_once(after_flush):
    """H17: the person's row is the lock."""
    efua = make_user("Efua")
    for number in range(8):
        alerts.create_alert(efua, QueryDict(f"q=water{number}"))

    refused = at_once(
        *(
            lambda n=number: alerts.create_alert(efua, QueryDict(f"q=roads{n}"))
            for number in range(8)
        )
    )

    assert (efua.alerts.count(), refused) == (10, ["many"] * 6)


@pytest.mark.django_db(transaction=True)
def test_twelve_topics_and_one_profile_hold_at_once(after_flush):
    """H17: siblings: the topics of a profile; the lists of the other rules are locked already."""
    expert = make_expert("Ineke")
    themes = list(Theme.objects.exclude(parent=None).values_list("code", flat=True)[:20])
    for code in themes[:10]:
        profiles.add_topic(expert, code, user=expert.user)

    at_once(*(lambda c=c: profiles.add_topic(expert, c, user=expert.user) for c in themes[10:18]))

    assert expert.topics.count() == profiles.MOST_TOPICS


def test_who_comes_second_reads_that_it_is_done(client, monkeypatch):
    """H15: where two still meet in the database, a page says so; so for what no column holds."""
    exchange = make_exchange(1)
    efua = make_user(works_for=exchange.dossier.authority)
    client.force_login(efua)
    other = make_authority()

    def twice(*_args, **_kwargs):
        with transaction.atomic():
            make_authority(slug=other.slug)

    def too_large(*_args, **_kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT (10::numeric ^ 30)::integer")

    holder = connection.copy()

    def held(*_args, **_kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'; SELECT pg_advisory_xact_lock(7)")

    url = reverse("practices-of", args=[exchange.reference])
    monkeypatch.setattr("practices.writing.begin_practice", held)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7)")
        busy = client.post(url, {"note": "What a long story this is."})
    holder.close()
    monkeypatch.setattr("practices.writing.begin_practice", twice)
    second = client.post(url, {"note": "What a long story this is."})
    monkeypatch.setattr("practices.writing.begin_practice", too_large)
    huge = client.post(url)

    assert (busy.status_code, second.status_code, huge.status_code) == (503, 409, 400)
    assert "Only one of the two has been saved." in second.text
    assert "Nothing was saved" in busy.text
    assert all("What a long story this is." in page.text for page in (busy, second))


def test_who_waits_in_vain_while_something_is_added_reads_that_nothing_is_saved(monkeypatch):
    """H15: the account of an incident was gone, and its writer read that it had been saved."""
    exchange = make_exchange(1, status="running")
    client = signed_in(make_user(works_for=exchange.dossier.authority))
    day = timezone.localdate() - timedelta(days=1)
    report = {"happened_on": day.isoformat(), "kind": "health", "severity": "2"}
    report |= {"account": "Kofi fell from the truck."}
    holder = connection.copy()

    def held(*_args, **_kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'; SELECT pg_advisory_xact_lock(8)")

    monkeypatch.setattr("exchanges.incidents.find_same_report", held)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(8)")
        answer = client.post(reverse("incident", args=[exchange.reference]), report)
    holder.close()

    assert (answer.status_code, exchange.incidents.count()) == (503, 0)
    assert "Nothing was saved" in answer.text and "Kofi fell from the truck." in answer.text


@pytest.mark.django_db(transaction=True)
def test_two_people_of_one_name_save_their_first_profiles_at_once(after_flush):
    """H15: the second lost the profile, and read that it was saved."""
    slugs, both = [], threading.Barrier(2)

    def save():
        with transaction.atomic():
            slug = profiles.expert_slug("Maria Silva")
            with suppress(threading.BrokenBarrierError):  # the other waits for its turn
                both.wait(1)
            make_expert("Maria Silva", slug=slug)
            slugs.append(slug)

    at_once(save, save)

    assert sorted(slugs) == ["maria-silva", "maria-silva-2"]


NAMES = [  # what somebody calls themselves, and what is kept of it; None: it is refused
    ("Kofi\u202e Boateng\u2066", "Kofi Boateng"),
    ("Kofi Connectson", "Kofi Connectson"),
    ("https://evil.test", None),
    ("Kofi of www.evil.test", None),
    ("kofi@evil.test", None),
    ("Kofi see EVIL-GRANT.com", None),
    ("Kofi at evil．com", None),  # noqa: RUF001 - a wide dot
    ("Kofi: your account expires", None),
    ("ㅤ", None),
    ("J.Smith\u2028of St.Denis", "J.Smith of St.Denis"),
    ("CONNECT programme team", None),
    ("ines  DUARTE", None),
    ("Duarte, Ines", None),
    ("lnes Duarte", None),
    ("Ιnes Duarte", None),  # noqa: RUF001 - Greek
    ("Ines Duаrte", None),  # noqa: RUF001 - Cyrillic
    ("C0NNECT team", None),
    ("The programme team", None),
    ("Équipe du programme", None),
    ("VNG International", None),
    ("PLATFORMA", None),
    ("VNG Intemational", None),  # an r and an n that look like an m
    ("European Commission", None),
    ("Commission européenne", None),
    ("Dr. Inés Duarte", None),
    ("Duarte, Mme Ines", None),
    ("Ольга Duarte", "Ольга Duarte"),
    ("Inessa Duarte", "Inessa Duarte"),
]


def test_nobody_is_called_like_an_address_the_programme_or_an_officer(client):
    """H26, H32: such names stood in subjects of e-mails and beside decisions."""
    make_officer("Inés Duarte")
    kofi = make_user("Kofi")
    client.force_login(kofi)
    said = {"language": "en", "time_zone": "Africa/Accra"}

    kept = []
    for name, _told in NAMES:
        saved = client.post(reverse("account"), said | {"name": name}).status_code == 302
        kept.append(User.objects.get(pk=kofi.pk).name if saved else None)
    signed_up = SignupForm({"name": "Inés Duarte"})
    town = ProposeForm({"name": "VNG International", "function": "Clerk, see www.evil.test"})
    clerk = ProposeForm({"name": "CONNECT", "function": "Officer, European Commission"})

    assert kept == [told for _name, told in NAMES]
    codes = [
        form.errors[field].as_data()[0].code
        for form, field in (
            *((signed_up, "name"), (town, "name"), (town, "function")),
            *((clerk, "name"), (clerk, "function")),
        )
    ]
    assert codes == ["officer", "programme", "address", "programme", "programme"]


PAGES = [  # an address of a page, and whether it is kept
    ("https://www.agonawest.gov.gh/news?a=b@c", True),
    ("http://agonawest.gov.gh", True),
    ("ftp://agonawest.gov.gh/", False),
    ("https://www.agonawest.gov.gh@evil.test/", False),
    ("https://a:b@evil.test/", False),
]


def test_an_address_of_a_page_leads_where_it_says():
    """H27: an officer's link read as the town's own and led elsewhere."""
    field = PageField()

    def is_kept(typed):
        try:
            return field.clean(typed) == typed
        except ValidationError:
            return False

    assert [(typed, is_kept(typed)) for typed, _kept in PAGES] == PAGES
