"""What strangers type, post and put in an address: refused or inert, never a broken page."""

import email.policy
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.models import Attachment, Call, Dossier
from connect import files
from notifications import outbox
from notifications.models import Letter
from tests.factories import make_authority, make_dossier, make_letter, make_user
from tests.security.test_roles import EXPECTED, World

pytestmark = pytest.mark.django_db

NASTY = (
    *("'", '"', "\\", "%", "%00", "\x00", "a\x00b", "😀" * 50, "\ud800", "-1", "9" * 40, "1e9"),
    *("٣", "²", "' OR 1=1 --", "{{ settings.SECRET_KEY }}", "%(name)s", "\r\nX: y", "x" * 5000),
)
ASKED = ("q", "page", "theme", "country", "form", "language", "sort", "version", "next", "mine")


@pytest.mark.parametrize("role", ["anonymous", "colleague", "officer"])
def test_no_value_in_an_address_breaks_a_page(role):
    """Check I5: each parameter of each address, with quotes, nulls, emoji and huge numbers."""
    world, broken = World(), []
    client = Client(raise_request_exception=False)
    if person := world.people[role]:
        client.force_login(person)
    names = [name for name, codes in EXPECTED.items() if 200 in codes]

    for name in names:
        url = reverse(name, args=world.arguments.get(name, []))
        for value in NASTY:
            data = {key: value.encode("utf-8", "surrogatepass") for key in ASKED}
            if (status := client.get(url, data).status_code) >= 500:
                broken.append((name, value[:20], status))

    assert broken == []


def test_no_number_in_a_path_breaks_a_page(client):
    world = World()
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

    outbox.post(
        "membership_decided",
        key="k",
        to=[person],
        path="/account/memberships/",
        organisation="Town\r\nBcc: all@example.org",
        accepted=True,
        grounds="",
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
            patch.setattr("connect.clock.timezone", SimpleNamespace(now=lambda: began))
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
    assert (lost.file.name, f"applications.Attachment {lost.pk}") in files.missing()
    assert stray not in files.orphans(now)
    later = now + timedelta(days=2)
    assert stray in files.orphans(later) and kept.file.name not in files.orphans(later)
    with pytest.raises(CommandError):
        call_command("check_files")
    assert f"missing: {lost.file.name}" in capsys.readouterr().out

    Attachment.objects.filter(pk=lost.pk).delete()
    kept.file.storage.delete(stray)
    assert lost.file.name not in dict(files.missing())
