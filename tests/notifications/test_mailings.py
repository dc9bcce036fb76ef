"""An officer writes to many: from a list of the desk, once to each, counted and on record."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts.models import User
from applications.enums import Status
from notifications import mailings, pauses
from notifications.models import DeadAddress, Letter, Mailing
from notifications.sending import send_waiting_letters
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_officer,
    make_user,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db
ENGLISH = {
    "subject_en": "Meeting in May",
    "body_en": "Hello {name},\r\n\r\nWe meet in May: https://meet.example.org/may\r\n\r\n"
    "{if authority}You work for {authority}.{end}",
}
FRENCH = {"subject_fr": "Rencontre en mai", "body_fr": "Bonjour {name}, rendez-vous en mai."}


@pytest.fixture
def desk():
    return Desk()


class Desk:
    """Ines the programme officer, and three experts: Ineke, Amadou who reads French, and Rob."""

    def __init__(self):
        self.ines = make_officer("Ines")
        self.experts = [make_expert(name) for name in ("Ineke", "Amadou", "Rob")]
        User.objects.filter(name="Amadou").update(language="fr")
        self.browser = signed_in(self.ines)

    def choose(self, model="registry_expert", rows=None, browser=None):
        """Choose rows of a list, and the action; return the page of the draft."""
        rows = self.experts if rows is None else rows
        chosen = {"action": "write_to_them", "_selected_action": [one.pk for one in rows]}
        address = reverse(f"admin:{model}_changelist")
        answer = (browser or self.browser).post(address, chosen)
        assert answer.status_code == 302, answer.content[:300]
        return answer.url

    def post(self, page, **typed):
        tree = html.fromstring(self.browser.get(page).text)
        (seen,) = tree.xpath("//input[@name='seen']/@value")
        typed = {"seen": seen, "purpose": "news"} | typed
        return self.browser.post(page, typed, follow=True)

    def send(self, **typed):
        """Write, look at the preview, and send; return the page."""
        page = self.choose()
        self.post(page, save="yes", **(typed or ENGLISH))
        self.post(page, send="yes", **(typed or ENGLISH))
        return page


def letters():
    return Letter.objects.filter(template="to_many").order_by("address")


def test_forty_experts_are_written_to_from_their_list_each_once_in_their_language(desk):
    page = desk.choose()

    shown = desk.post(page, save="yes", **ENGLISH, **FRENCH).text
    assert "The draft has been saved." in shown and "3 people to write to" in shown
    assert "Hello Ineke," in shown and "Bonjour Amadou, rendez-vous en mai." in shown
    assert "You receive this e-mail because you have an expert profile in CONNECT." in shown
    assert not letters().exists()

    sent = desk.post(page, send="yes", **ENGLISH, **FRENCH)
    assert "The e-mails to 3 people leave in a few minutes." in sent.text
    for _run in range(3):  # the job dies, or is asked twice
        mailings.write_mailings(timezone.now())
    again = desk.browser.post(page, {"send": "yes", "purpose": "news", **ENGLISH}, follow=True)

    assert "0 of 3 e-mails have left." in again.text
    assert [one.name for one in letters()] == sorted(
        ("Ineke", "Amadou", "Rob"), key=lambda name: User.objects.get(name=name).email
    )
    assert {one.name: one.language for one in letters()}["Amadou"] == "fr"

    send_waiting_letters(timezone.now() + mailings.GRACE + timedelta(minutes=1))
    ineke = letters().get(name="Ineke")
    assert ineke.subject == "Meeting in May" and "https://meet.example.org/may" in ineke.body
    assert f"You work for {desk.experts[0].authority.name}." in ineke.body
    assert "You receive this e-mail because" in ineke.body
    assert "3 of 3 e-mails have left." in desk.browser.get(page).text


def test_a_job_that_dies_half_way_goes_on_and_writes_to_nobody_twice(desk, monkeypatch):
    monkeypatch.setattr(mailings, "BATCH", 1)
    desk.send()

    counted = [mailings.write_mailings(timezone.now()) for _run in range(4)]

    assert counted == [1, 1, 1, 0]
    assert letters().count() == 3
    waits = [one.not_before for one in letters()]
    assert waits == sorted(waits) and waits[2] - waits[0] == timedelta(minutes=2)
    assert Mailing.objects.get().state == "done"


def test_who_is_left_out_is_counted_with_the_reason(desk):
    ineke, amadou, rob = (one.user for one in desk.experts)
    failed = Letter.objects.create(
        key="x", template="news", address=ineke.email, not_before=timezone.now()
    )
    DeadAddress.objects.create(address=ineke.email, letter=failed, why="5.1.1", at=timezone.now())
    pauses.pause_kind(amadou.email, "programme", timezone.now())
    User.objects.filter(pk=rob.pk).update(is_active=False)
    kofi = make_expert("Kofi")
    page = desk.choose(rows=[*desk.experts, kofi])

    news = desk.post(page, save="yes", **ENGLISH).text
    assert "1 person to write to" in news
    assert "Paused such e-mails: 1" in news and "Address that fails: 1" in news
    assert "Account closed, or being closed: 1" in news

    duty = desk.post(page, save="yes", **(ENGLISH | {"purpose": "duty"})).text
    assert "2 people to write to" in duty and "Paused such" not in duty


def test_rows_that_nobody_stands_behind_are_counted_and_named(desk):
    """“3 rows chosen”, one person to write to, and no word of the other two."""
    agona = make_authority("Agona West")
    make_user("Efua", works_for=agona)
    empty = make_authority("Winneba")

    shown = desk.browser.get(desk.choose("registry_authority", [agona, empty])).text
    assert "2 rows chosen" in shown and "1 person to write to" in shown
    assert "Rows with nobody to write to: 1" in shown and "Winneba" in shown
    assert "Agona West" not in shown

    draft = make_dossier(agona, status=Status.DRAFT)
    sent = make_dossier(agona, status=Status.SUBMITTED)
    page = desk.choose("applications_dossier", [sent])
    Mailing.objects.filter(model="applications.dossier").update(rows=[draft.pk, sent.pk, 999_999])
    shown = desk.browser.get(page).text
    assert "Rows with nobody to write to: 2" in shown and draft.reference in shown
    assert sent.reference not in shown


def test_a_draft_is_deleted_only_once_that_is_asked(desk):
    page = desk.choose()
    desk.post(page, save="yes", **ENGLISH)
    tree = html.fromstring(desk.browser.get(page).text)

    (button,) = tree.xpath("//button[@name='discard']")
    asked = button.xpath("ancestor::details")[0]
    assert asked.get("open") is None
    assert "Its texts are lost in every language." in asked.text_content()

    desk.browser.post(page, {"discard": "yes"})
    assert not Mailing.objects.exists()


def test_the_texts_of_a_draft_are_kept_in_the_browser_until_they_arrive(desk):
    page = desk.choose()
    tree = html.fromstring(desk.browser.get(page).text)

    (form,) = tree.xpath("//form[.//input[@name='seen']]")
    key = form.get("data-typed")
    assert key and form.xpath(".//*[@data-offer]")
    assert any("typed." in one for one in tree.xpath("//script/@src"))

    saved = desk.post(page, save="yes", **ENGLISH)
    (arrived,) = html.fromstring(saved.text).xpath("//script/@data-arrived")
    assert arrived == key  # the browser forgets its copy


def test_a_reader_pauses_such_emails_by_the_link_in_one(desk):
    desk.send()
    mailings.write_mailings(timezone.now())
    send_waiting_letters(timezone.now() + mailings.GRACE + timedelta(minutes=1))
    kept = letters().get(name="Rob")

    assert kept.optional == "programme"
    pauses.pause_kind(kept.address, "programme", timezone.now())
    assert len(mailings.find_readers(Mailing.objects.get(), timezone.now()).to) == 2


def test_it_is_sent_to_oneself_first_in_each_language(desk):
    page = desk.choose()

    said = desk.post(page, test="yes", **ENGLISH, **FRENCH).text
    twice = desk.post(page, test="yes", **ENGLISH, **FRENCH).text

    assert "2 e-mails are on their way to you" in said
    assert "You have been sent this text already." in twice
    assert [one.address for one in letters()] == [desk.ines.email] * 2
    assert Mailing.objects.get().state == "draft"


def test_what_has_changed_since_the_preview_is_looked_at_again_before_it_is_sent(desk):
    page = desk.choose()
    desk.post(page, save="yes", **ENGLISH)

    said = desk.post(page, send="yes", **(ENGLISH | {"subject_en": "Meeting in June"})).text

    assert "look at the preview again, then send" in said
    assert Mailing.objects.get().state == "draft" and "Meeting in June" in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Write a subject and a text, in one language at least."),
        ({"subject_en": "May"}, "Write a subject and a text."),
        ({"subject_en": "Dear {name}", "body_en": "Hello"}, "No names in the subject"),
        ({"subject_en": "May", "body_en": "Hello {town}"}, "This e-mail cannot fill in: {town}"),
        ({"subject_en": "May", "body_en": "{if name}Hello"}, "needs an {end} after its words"),
        ({"subject_en": "May", "body_en": "Hello {name"}, "“Hello {name” has one brace"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_and_stays_as_it_was_typed(desk, typed, said):
    page = desk.choose()

    shown = desk.post(page, send="yes", **typed).text

    assert said in shown and all(text in shown for text in typed.values())
    assert Mailing.objects.get().texts == {}


def test_why_one_writes_is_chosen_by_the_officer(desk):
    page = desk.choose()
    tree = html.fromstring(desk.browser.get(page).text)

    assert not tree.xpath("//input[@name='purpose'][@checked]")
    refused = desk.post(page, save="yes", **(ENGLISH | {"purpose": ""})).text
    assert "needs attention" in refused and "Meeting in May" in refused


def test_what_has_not_left_is_cancelled(desk):
    page = desk.send()
    mailings.write_mailings(timezone.now())
    Letter.objects.filter(name="Rob").update(sent_at=timezone.now())

    said = desk.browser.post(page, {"cancel": "yes"}, follow=True).text

    assert "Cancelled: 2 people will not receive it." in said
    assert "1 of 3 e-mails have left." in said
    assert mailings.write_mailings(timezone.now()) == 0
    assert letters().exclude(cancelled_at=None).count() == 2


def test_one_that_is_cancelled_before_it_is_written_is_never_written(desk):
    page = desk.send()
    desk.browser.post(page, {"cancel": "yes"})

    assert mailings.write_mailings(timezone.now()) == 0
    assert not letters().exists() and Mailing.objects.get().state == "cancelled"


def test_staff_read_what_was_written_by_whom_and_to_how_many_but_no_draft_of_another(desk):
    page = desk.send()
    draft = desk.choose()
    jan = signed_in(make_officer("Jan"))

    listed = jan.get(reverse("admin:notifications_mailing_changelist")).text

    assert "Meeting in May" in listed and "Ines" in listed and "without a subject" not in listed
    assert jan.get(page).status_code == 200 and jan.get(draft).status_code == 404
    assert (
        "without a subject"
        in desk.browser.get(reverse("admin:notifications_mailing_changelist")).text
    )
    assert jan.post(draft, {"send": "yes"}).status_code == 404


def test_applicants_of_many_applications_are_written_to_once_with_the_numbers_of_all(desk):
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    own = {"focal_email": efua.email, "legal_email": "mayor@agona.example", "legal_name": "Kofi"}
    mine = [make_dossier(agona, status=Status.SUBMITTED, **own) for _ in range(2)]
    page = desk.choose("applications_dossier", mine)
    text = {"subject_en": "Your application", "body_en": "Hello {name}: {reference}."}

    desk.post(page, save="yes", **text)
    desk.post(page, send="yes", **text)
    mailings.write_mailings(timezone.now())

    numbers = ", ".join(one.reference for one in mine)
    said = {one.name: one.context["message"] for one in letters()}
    assert said == {"Efua": f"Hello Efua: {numbers}.", "Kofi": f"Hello Kofi: {numbers}."}
    tied, free = make_officer("Tied"), make_officer("Free")
    mine[1].conflicts.create(member=tied, has_conflict=True, at=timezone.now())
    assert [Letter.objects.for_officer(one).count() for one in (tied, free)] == [0, 2]
    done = Mailing.objects.get()
    assert (done.state, done.number) == ("done", 2)


def test_an_officer_writes_to_nobody_of_a_file_to_which_a_conflict_ties_them(desk):
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona, status=Status.SUBMITTED, focal_email=efua.email)
    page = desk.choose("applications_dossier", [dossier])
    dossier.conflicts.create(member=desk.ines, has_conflict=True, at=timezone.now())

    said = desk.browser.get(page).text

    assert "0 people to write to" in said and "Agona" not in said


def test_people_of_exchanges_of_authorities_and_of_the_list_of_people_are_found(desk):
    table, exchange = agreed()
    exchange.participants.create(
        side="requesting", part="delegate", name="Guest", address="guest@agona.example"
    )
    now = timezone.now()
    found = {}
    for model, row in (
        ("exchanges.exchange", exchange),
        ("registry.authority", table.agona),
        ("accounts.user", table.efua),
    ):
        draft = mailings.begin_mailing(model, [row.pk], actor=desk.ines, now=now)
        found[model] = {one.reader.name for one in mailings.find_readers(draft, now).to}

    assert "Guest" in found["exchanges.exchange"]
    assert "Efua" in found["registry.authority"] and found["accounts.user"] == {"Efua"}


def test_the_page_of_a_draft_asks_the_database_no_more_for_more_people(
    desk, django_assert_max_num_queries
):
    few = desk.choose(rows=desk.experts[:1])
    many = desk.choose(rows=[*desk.experts, *(make_expert() for _ in range(6))])
    for page in (few, many):
        desk.post(page, save="yes", **ENGLISH)
        with django_assert_max_num_queries(40):
            desk.browser.get(page)
