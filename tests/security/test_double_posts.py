"""A form that adds something adds it once, however often its button is pressed."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import copies, data_requests
from accounts.holdings import Person
from accounts.models import DataCopy, DataRequest
from applications import dossier_files
from connect import exports
from connect.double_posts import delete_accepted_posts
from connect.models import AcceptedPost, Export
from exchanges.models import BudgetLine, Exchange, Measure, Participant, Picture, Session
from registry import members
from registry.models import Association, Authority, Membership, Offer
from tests.conftest import at_once
from tests.exchanges.pages import FLIGHTS, agenda_item_data, drawn, measure_data
from tests.factories import make_authority, make_dossier, make_officer, make_user, pdf_of
from tests.worlds import agreed

pytestmark = pytest.mark.django_db
KOFI = {"name": "Kofi", "language": "en", "side": "requesting", "part": "delegate"}
KOFI |= {"gender": "man", "post": "technical", "visa": "unknown"}
LINE = FLIGHTS | {"currency": "EUR", "unit_cost": "400"}
OFFER = {"title": "Sludge", "text": "I empty pits. " * 20, "language": "en"}
OFFER |= {"forms": ["expert_mission"], "topic_1": "water-sanitation/faecal-sludge"}
TOWN = {"name": "Kitembo", "country": "CD", "website": "kitembo.example", "proof": "The gazette."}
TOWN |= {"function": "Head of waste", "roles": ["editor"], "none_of_these": "yes"}
TWICE = "You sent exactly this a moment ago: it has been saved once."
OFFER |= {"mastery_1": "2", "capacity": "1"}


def running():
    table, exchange = agreed()
    Exchange.objects.update(status="running")
    return table, exchange


def browser(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def opened(client, page):
    """Open a page and give what its form posts by itself."""
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(page).text)[1]
    return {"csrfmiddlewaretoken": token}


def test_what_one_page_sends_twice_is_added_once_and_a_fresh_page_adds_another():
    """H10: participants, agenda, budget, measures, pictures, offers, authorities."""
    table, exchange = running()
    town, expert = map(browser, (table.efua, table.ineke.user))
    of = [exchange.reference]
    forms = [
        (town, reverse("exchange-participants", args=of), KOFI, Participant),
        (town, reverse("exchange-agenda", args=of), agenda_item_data(), Session),
        (town, reverse("exchange-budget", args=of), LINE, BudgetLine),
        (town, reverse("exchange-measure-new", args=of), measure_data(), Measure),
        (town, reverse("exchange-pictures", args=of), {"alt": "A bed", "credit": "Esi"}, Picture),
        (expert, reverse("offer-new"), OFFER, Offer),
        (expert, reverse("propose-authority"), TOWN, Authority),
    ]
    added = {}
    for client, page, said, model in forms:
        before, counts = model.objects.count(), []
        for name in ("Kitembo", "Kyondo"):  # one's own town is proposed once
            typed = said | opened(client, page) | ({"name": name} if model is Authority else {})
            for _press in range(2):
                files = {"file": drawn()} if model is Picture else {}
                answer = client.post(page, typed | files, follow=True)
                counts.append(model.objects.count() - before)
            assert TWICE in answer.text, page
        added[model.__name__] = counts

    assert added == {model.__name__: [1, 1, 2, 2] for *_form, model in forms}
    assert delete_accepted_posts(timezone.now()) == 0
    assert delete_accepted_posts(timezone.now() + timedelta(minutes=11)) == len(forms) + 1


def test_what_staff_add_is_added_once_without_a_word_of_an_error():
    """H10: every form of the admin by which something is added."""
    officer = make_officer()
    officer.is_superuser = True
    officer.save()
    staff, page = browser(officer), reverse("admin:registry_association_add")
    nalag = {"name": "NALAG", "country": "GH", "scope": "national", "website": "", "acronym": ""}
    typed = nalag | opened(staff, page)

    staff.post(page, typed)
    again = staff.post(page, typed, follow=True).text

    assert Association.objects.count() == 1 and TWICE in again


def test_what_was_refused_can_be_sent_again_as_it_is():
    """H10: a post that added nothing is no first one."""
    table, exchange = running()
    town, page = browser(table.efua), reverse("exchange-participants", args=[exchange.reference])
    token, before = opened(town, page), Participant.objects.count()

    Exchange.objects.update(status="closed")
    refused = town.post(page, KOFI | token).status_code
    Exchange.objects.update(status="running")
    town.post(page, KOFI | token)

    assert (refused, Participant.objects.count() - before) == (404, 1)


@pytest.mark.django_db(transaction=True)
def test_eight_parallel_posts_add_one(after_flush):
    """H10: the agenda, the budget, files, and what is asked for of one's data and of lists."""
    table, exchange = running()
    of, officer = [exchange.reference], make_officer()
    two = [make_user("Ama"), make_user("Yaw")]
    mayor = "mayor@agona.example"
    dossier = make_dossier(make_authority())
    kofi = make_user("Kofi", works_for=dossier.authority)

    def post(name, said):
        client, said = Client(), said | {"csrfmiddlewaretoken": "of one page"}
        client.force_login(table.efua)
        return lambda: client.post(reverse(name, args=of), said)

    def add_file():
        plan = SimpleUploadedFile("plan.pdf", pdf_of("a plan"))
        dossier_files.add_file(dossier, plan, "other", actor=kofi)

    def take_out():
        exports.request_export("registry.authority", Authority.objects.all(), "csv", actor=officer)

    for eight in (
        [post("exchange-agenda", agenda_item_data()) for _ in range(8)],
        [post("exchange-budget", LINE) for _ in range(8)],
        [add_file] * 8,
        [take_out] * 8,
        [lambda: copies.request_copy(Person.from_user(kofi))] * 8,
        [lambda: data_requests.request_data(mayor)] * 8,
    ):
        at_once(*eight)
    town = {name: TOWN[name] for name in TOWN if name != "none_of_these"}
    at_once(*[lambda user=user: members.propose_authority(user, **town) for user in two])

    models = (Session, BudgetLine, AcceptedPost, Export, DataCopy, DataRequest)
    assert [model.objects.count() for model in models] == [1, 1, 2, 1, 1, 1]
    assert dossier.attachments.count() == 1
    assert Membership.objects.filter(user__in=two, authority__name="Kitembo").count() == 2
