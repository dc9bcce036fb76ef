"""Who stands around a dossier: co-applicants, the association, a colleague who takes over."""

import re
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from applications import co_applicants, dossier_contact, opinions
from applications.enums import BEFORE_COMMITTEE, FINAL, Status
from applications.journey import count_days, list_stops
from applications.models import Dossier
from applications.people import associations_of
from applications.transitions import dossier_machine
from connect.dates import end_of_day
from connect.my_work import list_tasks
from connect.transitions import record_event
from notifications import pauses
from notifications.letter_text import compose_letter
from notifications.models import Letter
from registry import members, search_index
from registry.enums import MembershipStatus, Role
from registry.models import Membership
from registry.people import associations_of_officer
from registry.table_cells import Domains
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_letter,
    make_member,
    make_officer,
    make_user,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


class Group:
    """Agona West leads; Awutu Senya is in the registry, and Efua names it."""

    def __init__(self, **dossier):
        self.agona = make_authority("Agona West")
        self.awutu = make_authority("Awutu Senyà", email_domains=["awutu.example"])
        self.efua = make_user("Efua", works_for=self.agona)
        self.dossier = make_dossier(self.agona, **dossier)

    def name(self, **changed):
        typed = {
            "name": "awutu senya",
            "country": "GH",
            "contact": "Ama",
            "address": "ama@awutu.example",
        }
        return co_applicants.add_co_applicant(self.dossier, actor=self.efua, **typed | changed)


def test_a_co_applicant_is_found_in_the_registry_and_answers_by_its_link():
    group = Group()
    named = group.name()
    page, browser = f"/en{named.link_path}", Client()

    for look in (browser.get, browser.head, browser.get):
        look(page)
    before = group.dossier.partners.count()
    unanswered = browser.get(page).text
    browser.post(page, {"answer": "yes"})
    answered = browser.get(page).text

    asks = ["Read it, then answer below", "Change your answer"]
    assert [[words in page for words in asks] for page in (unanswered, answered)] == [
        [True, False],
        [False, True],
    ]
    named.refresh_from_db()
    assert (named.authority, named.takes_part, before) == (group.awutu, True, 0)
    assert list(group.dossier.partners.all()) == [group.awutu]
    asked = Letter.objects.get(template="co_applicant_asked")
    assert asked.opens.path == named.link_path
    assert named.confirmation == "domain"
    browser.post(page, {"answer": "no"})
    assert not group.dossier.partners.exists()
    verbs = ["ask_co_applicant", "join", "stay_out"]
    assert list(group.dossier.events.values_list("verb", flat=True)) == verbs


def test_the_lead_is_told_what_a_co_applicant_answers_and_staff_once_it_is_sent():
    """A partner said no, and the only trace was a line at the foot of the application."""
    group, ines = Group(), make_officer("Ines")
    dossier = group.dossier
    named = group.name(name="Nsawam", address="kofi@nsawam.example")
    colleagues = sorted([group.efua.email, dossier.focal_email, dossier.legal_email])

    co_applicants.answer_by_link(named, takes_part=True)
    on_draft = answers_told()
    Letter.objects.filter(template="co_applicant_answered").update(sent_at=NOW)
    draft, dossier = dossier, dossier_machine.advance(dossier, "submit", actor=group.efua)
    for _press in range(2):
        co_applicants.answer_by_link(named, takes_part=False)

    yes, no = "takes part as a co-applicant", "does not take part"
    # Whom the draft names, and no e-mail has told of it yet, hear nothing of its co-applicants.
    assert on_draft == [(group.efua.email, f"{draft.reference}: Nsawam {yes}")]
    readers = sorted([*colleagues, ines.email])
    assert answers_told() == [(one, f"{dossier.reference}: Nsawam {no}") for one in readers]
    at_the_desk = Letter.objects.get(template="co_applicant_answered", address=ines.email)
    assert at_the_desk.path == dossier.desk_path


def answers_told():
    """Return (address, subject) of the e-mails about answers of co-applicants not sent yet."""
    letters = Letter.objects.unsent().filter(template="co_applicant_answered")
    return sorted((one.address, compose_letter(one)[0]) for one in letters)


def test_who_asks_together_is_told_by_its_own_link_how_it_goes_on():
    """Its page asked for an answer, without buttons, long after it was withdrawn."""
    group = Group()
    named, declined = group.name(), group.name(name="Nsawam", address="kofi@nsawam.example")
    silent = group.name(name="Suhum", address="victim@suhum.example")
    make_authority("Winneba")
    unconfirmed = group.name(name="Winneba", address="mallory@elsewhere.example")
    co_applicants.answer_by_link(named, takes_part=True)
    co_applicants.answer_by_link(unconfirmed, takes_part=True)
    co_applicants.answer_by_link(declined, takes_part=False)
    browser, page = Client(), f"/en{named.link_path}"

    dossier_machine.advance(group.dossier, "submit", actor=group.efua)
    sent, unanswered = browser.get(page).text, browser.get(f"/en{silent.link_path}").text
    dossier_machine.advance(group.dossier, "withdraw", actor=group.efua, note="No time.")
    over = browser.get(page).text

    letters = Letter.objects.filter(template="co_applicant_state").select_related("opens")
    told = [(one.address, compose_letter(one)[0], one.opens.path) for one in letters.order_by("pk")]
    reference = group.dossier.reference
    assert told == [
        (named.address, f"{reference}: new status, {words}", named.valid_link.path)
        for words in ("submitted", "withdrawn")
    ]
    assert "Other co-applicants" in sent and "Nsawam, Ghana" in sent
    whose = f"{group.dossier.focal_name} (Agona West, Ghana) leads this application"
    assert whose in sent and f"This page is for {named.contact}." in sent
    asks = ["then answer below" in one for one in (unanswered, sent, over)]
    assert (asks, "Withdrawn" in over) == ([True, False, False], True)


def test_a_contact_who_said_no_never_answers_or_wants_no_more_is_written_to_no_more(client):
    group = Group()
    client.force_login(group.efua)
    page = reverse("co-applicants", args=[group.dossier.reference])
    declined = group.name(name="Nsawam", contact="Kofi", address="kofi@nsawam.example")
    silent = group.name(name="Suhum", contact="Esi", address="esi@suhum.example")
    co_applicants.answer_by_link(declined, takes_part=False)
    stop = r"letters/pause/\S+"

    def name(**typed):
        typed = {"name": "Nsawam", "country": "GH", "contact": "Kofi"} | typed
        return client.post(page, typed, follow=True).text

    co_applicants.remove_co_applicant(declined, actor=group.efua)
    again = name(address="Kofi@nsawam.example")
    at_once = client.post(
        reverse("co-applicant", args=[group.dossier.reference, silent.pk]),
        {"remind": 1},
        follow=True,
    ).text
    days = [timezone.now() + timedelta(days=day) for day in range(1, 4)]
    for day in days[:2]:
        co_applicants.remind_co_applicant(silent, actor=group.efua, now=day)
    with pytest.raises(ValidationError, match="was asked three times and did not answer"):
        co_applicants.remind_co_applicant(silent, actor=group.efua, now=days[2])
    other = name(contact="Yaw", address="yaw@nsawam.example")
    last = Letter.objects.get(address="yaw@nsawam.example")
    Client().post(f"/en{pauses.PAGE.format(pauses.pause_key(last))}")
    stopped = name(name="Swedru", contact="Yaw", address="yaw@nsawam.example")

    assert "We have written to Esi today: you can write again tomorrow." in at_once
    assert "Kofi answered no for this application: ask somebody else there." in again
    assert "Yaw receives an e-mail with a link." in other
    assert re.search(stop, compose_letter(last)[1])
    assert "Yaw does not receive these e-mails: the address has refused them" in stopped
    assert Letter.objects.filter(address__startswith="yaw").count() == 1


def test_a_town_typed_in_another_way_is_asked_about_and_is_the_one_that_is_chosen(client):
    """A blank for the hyphen, no accents, another apostrophe, the name of before."""
    group = Group()
    make_authority("Villeneuve-d’Ascq", slug="fr-villeneuve", country="FR")
    alfort = make_authority("Maisons-Alfort", slug="fr-alfort", country="FR")
    make_authority("Évry-Courcouronnes", slug="fr-evry", country="FR", former_names=["Évry"])
    for name in ("Saint-Denis", "Sainte-Foy", "St. Malo", "Saintes"):
        make_authority(name, country="FR")
    for _twin in range(2):
        make_authority("Beaumont", country="FR")
    search_index.index_missing()
    client.force_login(group.efua)
    page = reverse("co-applicants", args=[group.dossier.reference])
    asked, spelled = {}, {}

    def post(name, **more):
        typed = {"name": name, "country": "FR", "contact": "Ama", "address": "ama@town.example"}
        return client.post(page, typed | more)

    for name in ("Villeneuve d'Ascq", "maisons alfort", "Evry", "Évry", "MAISONS-ALFORT", "Lyon"):
        with transaction.atomic():
            answer = post(name)
            form = answer.context["form"] if answer.status_code == 200 else None
            asked[name] = form and [str(words) for _slug, words in form.fields["town"].choices]
            transaction.set_rollback(True)
    for name in ("ST-DENIS", "St Denis", "Ste-Foy", "saint foy", "Saint malo", "beaumont"):
        with transaction.atomic():
            answer = post(name)
            form = answer.context["form"] if answer.status_code == 200 else None
            rows = group.dossier.co_applicants.values_list("name", "authority__name")
            spelled[name] = (
                [str(words) for _slug, words in form.fields["town"].choices][0]
                if form
                else rows.get()
            )
            transaction.set_rollback(True)
    post("maisons alfort", town="fr-alfort")
    post("Villeneuve d'Ascq", town="none")
    twice = post("Maisons Alfort", town="fr-alfort").text

    no = "No, it is another one"
    assert asked == {
        "Villeneuve d'Ascq": ["Villeneuve-d’Ascq, France", no],
        "maisons alfort": ["Maisons-Alfort, France", no],
        "Evry": ["Évry-Courcouronnes, France (formerly: Évry)", no],
        "Évry": ["Évry-Courcouronnes, France (formerly: Évry)", no],
        "MAISONS-ALFORT": None,
        "Lyon": None,
    }
    assert spelled == {  # 1.5: five spellings of a saint are one name
        "ST-DENIS": ("Saint-Denis", "Saint-Denis"),
        "St Denis": "Saint-Denis, France",
        "Ste-Foy": ("Sainte-Foy", "Sainte-Foy"),
        "saint foy": "Sainte-Foy, France",
        "Saint malo": ("St. Malo", "St. Malo"),
        "beaumont": "Beaumont, France",
    }
    named = group.dossier.co_applicants.values_list("name", "authority")
    assert list(named) == [("Maisons-Alfort", alfort.pk), ("Villeneuve d'Ascq", None)]
    assert "This authority is named already." in twice


def test_the_co_applicant_reads_neither_contacts_nor_what_is_for_staff_alone():
    group = Group()
    group.dossier.drafts.filter(section="colleague").update(
        raw={"excluded_countries": ["FR"], "exclusion_reason": ["A canary"]}
    )

    page = Client().get(f"/en{group.name().link_path}").content.decode()

    assert "Organise the emptying of latrines" in page
    assert "canary" not in page and "efua@agona.example" not in page


class Claimed(Group):
    """Somebody names Awutu with an address of their own; Ama and Rui know nothing of it."""

    def __init__(self):
        super().__init__()
        self.ama = make_user("Ama", works_for=self.awutu)
        self.rui = make_member("Rui")
        self.rui.memberships.create(authority=self.awutu, roles=["expert"], status="active")
        self.named = self.name(address="ama.senya@gmail.com")
        self.link = f"/en{self.named.link_path}"
        self.page = f"/en{self.named.path}"

    def judged(self):
        """What Rui of the committee, a member of Awutu, may judge while it is before it."""
        with transaction.atomic():
            type(self.dossier).objects.update(status=Status.UNDER_SELECTION)
            seen = list(type(self.dossier).objects.for_committee(self.rui))
            transaction.set_rollback(True)
        return seen

    def partners(self):
        return list(self.dossier.partners.all())


def test_a_town_that_somebody_named_with_an_address_of_their_own_is_only_a_name():
    """H6: no partner, no member of the committee kept out, nothing on its page or to others."""
    group = Claimed()
    nalag = group.awutu.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")

    Client().post(group.link, {"answer": "yes"})

    group.named.refresh_from_db()
    assert (group.named.takes_part, group.named.confirmed_at, group.partners()) == (True, None, [])
    assert group.judged() == [group.dossier]
    type(group.dossier).objects.update(status=Status.SUBMITTED)
    town = signed_in(group.ama).get(group.awutu.get_absolute_url()).text
    assert group.dossier.title not in town and group.dossier.reference not in town
    assert signed_in(abena).get(group.dossier.get_absolute_url()).status_code == 404
    file = reverse("admin:applications_dossier_change", args=[group.dossier.pk])
    assert "has not confirmed it yet" in signed_in(make_officer()).get(file).text


def test_the_members_of_a_named_town_are_told_and_their_no_stands():
    """H6: above what a link says, and it is not taken out to be asked again."""
    group = Claimed()
    told = Letter.objects.get(template="co_applicant_named")
    stranger = signed_in(make_user(works_for=make_authority()))
    ama = signed_in(group.ama)
    Client().post(group.link, {"answer": "yes"})

    before, work = ama.get(group.page).text, ama.get(reverse("my")).text
    looked = group.partners()
    answered = ama.post(group.page, {"answer": "no"}, follow=True).text
    by_link = Client().post(group.link, {"answer": "yes"}, follow=True).text
    kept = signed_in(group.efua).post(
        reverse("co-applicant", args=[group.dossier.reference, group.named.pk]), follow=True
    )

    assert (told.address, told.path) == (group.ama.email, group.named.path)
    assert "this is only a name" in before and looked == []
    warned = (
        "The address that we were given for your authority does not belong to one of its members"
    )
    assert warned in compose_letter(told)[1]
    file = reverse("admin:applications_dossier_change", args=[group.dossier.pk])
    foreign = (
        "This is not the address of a member of Awutu Senyà, "
        "nor does it belong to its registered domain."
    )
    staff = signed_in(make_officer())
    type(group.dossier).objects.update(status=Status.SUBMITTED)
    before_that = staff.get(file).text
    type(group.named).objects.update(address=group.ama.email)
    assert (foreign in before_that, foreign in staff.get(file).text) == (True, False)
    asked = f"Confirm whether {group.named.name} is a co-applicant"
    assert (asked in work, f'href="/en{group.named.path}"' in work) == (True, True)
    assert asked not in ama.get(reverse("my")).text  # its no stands
    assert "Has declined" in answered and "ask them to change it" in by_link
    assert "so that nobody asks again" in kept.text and group.partners() == []
    for verb in (stranger.get, stranger.post, signed_in(group.rui).post):
        assert verb(group.page, {"answer": "yes"}).status_code == 404


def test_a_member_of_the_town_confirms_it_and_its_committee_member_judges_no_more():
    """H6."""
    group = Claimed()
    before = group.judged()

    signed_in(group.ama).post(group.page, {"answer": "yes"})

    group.named.refresh_from_db()
    assert (group.named.confirmation, group.named.confirmed_by) == ("member", group.ama)
    assert (before, group.judged(), group.partners()) == ([group.dossier], [], [group.awutu])


def test_staff_who_asked_the_authority_confirm_it_and_nobody_else_may():
    """H6."""
    group, ines = Claimed(), make_officer()
    with pytest.raises(ValidationError, match="Only an authority that takes part"):
        co_applicants.confirm_co_applicant(group.named, actor=ines)
    Client().post(group.link, {"answer": "yes"})
    type(group.dossier).objects.update(status=Status.SUBMITTED)
    page = reverse("admin:applications_dossier_confirm", args=[group.dossier.pk, group.named.pk])

    for person in (group.efua, group.ama):
        signed_in(person).post(page)
        with pytest.raises(PermissionDenied):
            co_applicants.confirm_co_applicant(group.named, actor=person)
    looked = signed_in(ines).get(page).status_code, group.partners()
    signed_in(ines).post(page)

    group.named.refresh_from_db()
    assert (looked, group.named.confirmation) == ((405, []), "staff")
    assert group.partners() == [group.awutu]


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("Ama.Senya@AWUTU.example", True),  # at the domain that staff registered
        ("ama@office.example", True),  # a member's
        ("left@office.example", False),
        ("ama.senya@gmail.com", False),
    ],
)
def test_who_took_part_before_stays_if_the_authority_is_known_to_have_said_so(address, stays):
    """H6: the migration; what anybody may have said is a claim again, and no partner."""
    group = Claimed()
    for person, email, status in (
        (group.ama, "AMA@office.example", "active"),
        (make_user("Left"), "left@office.example", "ended"),
    ):
        type(person).objects.filter(pk=person.pk).update(email=email)
        person.memberships.get_or_create(authority=group.awutu, defaults={"status": status})
    group.named.address, group.named.takes_part, group.named.answered_at = address, True, NOW
    group.named.save()
    group.dossier.partners.add(group.awutu)

    import_module("applications.migrations.0012_confirm_who_took_part").confirm(apps, None)

    group.named.refresh_from_db()
    kept = (group.named.confirmed_at, group.named.confirmation)
    assert kept == ((NOW, "earlier") if stays else (None, ""))
    assert group.partners() == ([group.awutu] if stays else [])


def test_who_does_not_take_part_reads_no_further_than_the_summary():
    """H6: the draft goes on being written, and the contact who said no read all of it."""
    group = Group()
    named = group.name()
    page, browser = f"/en{named.link_path}", Client()
    before = browser.get(page).text

    browser.post(page, {"answer": "no"})
    after = browser.get(page).text
    browser.post(page, {"answer": "yes"})

    risk = "Operators do not come to the meetings."
    assert risk in before and risk not in after
    assert group.dossier.summary[:60] in after and "Your answer" in after
    assert risk in browser.get(page).text  # they thought again


@pytest.mark.parametrize("by", ["a member", "staff"])
def test_the_contact_of_an_authority_that_knows_nothing_of_it_reads_no_more(by):
    """H6: nor where it stands."""
    group = Claimed()
    before = Client().get(group.link).text
    if by == "staff":
        co_applicants.reject_co_applicant(group.named, actor=make_officer())
    else:
        signed_in(group.ama).post(group.page, {"answer": "no"})

    after = Client().get(group.link).text

    problem, summary = group.dossier.problem[:60], group.dossier.summary[:60]
    assert problem in before and "Draft" in before
    assert problem not in after and summary not in after and "Draft" not in after
    assert "or the programme team, has answered" in after


def test_staff_say_that_it_is_not_the_authority_and_no_link_answers_for_it_again():
    """H6: at any time, of who was confirmed too."""
    group, ines = Claimed(), make_officer()
    signed_in(group.ama).post(group.page, {"answer": "yes"})
    type(group.dossier).objects.update(status=Status.SUBMITTED)
    page = reverse("admin:applications_dossier_confirm", args=[group.dossier.pk, group.named.pk])
    file = reverse("admin:applications_dossier_change", args=[group.dossier.pk])
    before, offered = group.partners(), "the answer is not theirs" in signed_in(ines).get(file).text

    with pytest.raises(PermissionDenied):
        co_applicants.reject_co_applicant(group.named, actor=group.efua)
    type(group.dossier).objects.update(status=Status.VALIDATED)
    signed_in(ines).post(page, {"not_them": "1"})
    after = group.partners()
    type(group.dossier).objects.update(status=Status.SUBMITTED)
    by_link = Client().post(group.link, {"answer": "yes"}, follow=True).text

    group.named.refresh_from_db()
    assert (before, offered, after, group.partners()) == ([group.awutu], True, [], [])
    assert (group.named.takes_part, group.named.confirmation) == (False, "not_them")
    assert "or the programme team, has answered" in by_link
    assert "the authority did not answer itself" in signed_in(ines).get(file).text


@pytest.mark.parametrize(
    ("changed", "code"),
    [({}, "twice"), ({"name": "Agona West"}, "own"), ({"name": "X"}, "too_many")],
)
def test_a_co_applicant_is_refused_where_it_makes_no_sense(changed, code):
    group = Group()
    group.name()
    if code == "too_many":
        group.dossier.call.co_applicants_most = 1
        group.dossier.call.save()

    with pytest.raises(ValidationError) as refusal:
        group.name(**changed)

    assert (refusal.value.code, group.dossier.co_applicants.count()) == (code, 1)


def test_an_association_sees_who_asks_together_and_not_how_to_reach_them():
    group = Group(status=Status.SUBMITTED)
    nalag = group.agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")
    group.dossier.co_applicants.create(
        name="Awutu", country="GH", contact="Ama", address="ama@awutu.example", asked_at=NOW
    )

    def reads(person):
        client = Client()
        client.force_login(person)
        page = client.get(group.dossier.get_absolute_url()).content.decode()
        return "Awutu, Ghana" in page, "ama@awutu.example" in page

    assert (reads(abena), reads(group.efua)) == ((True, False), (True, True))


def test_one_taken_out_gets_no_letter_and_its_link_is_dead():
    group = Group()
    named = group.name()
    page = f"/en{named.link_path}"

    co_applicants.remove_co_applicant(named, actor=group.efua)

    assert Letter.objects.unsent().count() == 0
    assert Client().get(page).status_code == 410
    logged = group.dossier.events.values_list("verb", "actor")
    assert list(logged) == [
        ("ask_co_applicant", group.efua.pk),
        ("remove_co_applicant", group.efua.pk),
    ]


@pytest.mark.parametrize("status", sorted(set(Status) - BEFORE_COMMITTEE))
def test_once_the_committee_has_it_nobody_joins_or_leaves(status):
    group = Group()
    named = group.name()
    type(group.dossier).objects.update(status=status)

    with pytest.raises(ValidationError, match="no longer be changed"):
        co_applicants.answer_by_link(named, takes_part=True)
    with pytest.raises(PermissionDenied):
        group.name(name="Effutu")


# The association


def test_only_who_speaks_for_an_association_now_is_written_to_about_its_members():
    agona = make_authority()
    nalag = agona.associations.create(name="NALAG", country="GH", scope="national")
    abena, gone, clerk, erased = (make_user(name) for name in ("Abena", "Gone", "Clerk", "Erased"))
    erased.is_active = False
    erased.save()
    for person, roles, status in (
        (abena, ["association_officer", "editor"], "active"),
        (gone, ["association_officer"], "ended"),
        (clerk, ["editor"], "active"),
        (erased, ["association_officer"], "active"),
    ):
        person.memberships.create(association=nalag, roles=roles, status=status)

    assert associations_of(make_dossier(agona)) == [abena]
    assert [list(associations_of_officer(one)) for one in (abena, gone, clerk)] == [[nalag], [], []]


class Members:
    """NALAG, of which Agona West is a member, and Abena who speaks for it."""

    def __init__(self, status):
        self.agona = make_authority("Agona West")
        self.nalag = self.agona.associations.create(name="NALAG", country="GH", scope="national")
        self.abena = make_user("Abena")
        self.abena.memberships.create(
            association=self.nalag, roles=["association_officer"], status="active"
        )
        self.dossier = make_dossier(self.agona, status=status)

    def say(self, now=NOW, verdict="objects"):
        return opinions.save_opinion(
            self.dossier, self.nalag, verdict=verdict, text="A canary", actor=self.abena, now=now
        )


def test_the_association_is_asked_and_has_ten_days():
    room = Members(Status.ELIGIBILITY_CHECK)
    make_letter(room.dossier)
    ines = make_officer()
    dossier_machine.advance(room.dossier, "send_to_committee", actor=ines, now=NOW)

    assert Letter.objects.get(template="opinion_asked").context["answer_by"] == "2026-12-05"
    room.dossier.refresh_from_db()
    ends = end_of_day(date(2026, 12, 5))
    room.say(ends - timedelta(seconds=1))
    assert room.say(NOW + timedelta(days=9), verdict="supports").verdict == "supports"
    with pytest.raises(PermissionDenied):
        room.say(ends)
    late = opinions.closed_words(room.dossier)
    room.dossier.events.create(
        verb="validate",
        source=Status.UNDER_SELECTION,
        target=Status.VALIDATED,
        actor=ines,
        at=NOW + timedelta(minutes=5),
    )
    assert late == "No opinion was given in time: that counts as no objection."
    assert "decided before ten days had passed" in opinions.closed_words(room.dossier)


def test_the_form_of_an_opinion_and_its_e_mails_say_the_last_day_and_what_silence_means(client):
    room = Members(Status.SUBMITTED)
    client.force_login(room.abena)
    before = client.get(room.dossier.get_absolute_url()).text
    make_letter(room.dossier)
    Dossier.objects.filter(pk=room.dossier.pk).update(status=Status.ELIGIBILITY_CHECK)
    ines, now = make_officer(), timezone.now()
    dossier_machine.advance(room.dossier, "send_to_committee", actor=ines, now=now)
    after = client.get(room.dossier.get_absolute_url()).text
    asked = compose_letter(Letter.objects.get(template="opinion_asked"))[1]

    assert (
        "until ten days after the committee has received the application: we will e-mail you the "
        "last day. Without one by then, you are taken not to object."
    ) in before
    last = timezone.localdate(now) + timedelta(days=10)
    assert (
        f"You can give your opinion until {date_format(last, 'DATE_FORMAT')} (Brussels time), "
        "or until the committee decides if that is sooner. "
        "Without one by then, you are taken not to object."
    ) in after
    assert f"by {date_format(last, 'DATE_FORMAT')}, or until the committee decides" in asked


def test_only_staff_and_committee_read_an_opinion(client):
    room = Members(Status.SUBMITTED)
    room.say()
    efua = make_user("Efua", works_for=room.agona)

    def reads(person, address):
        client.force_login(person)
        return "A canary" in client.get(address).content.decode()

    page = room.dossier.get_absolute_url()
    file = reverse("admin:applications_dossier_change", args=[room.dossier.pk])
    assert (reads(efua, page), reads(room.abena, page)) == (False, True)
    assert reads(make_officer(), file)
    anna = make_member("Anna")
    type(room.dossier).objects.update(status=Status.UNDER_SELECTION)
    room.dossier.conflicts.create(member=anna, has_conflict=False, at=NOW)
    assert reads(anna, reverse("committee-dossier", args=[room.dossier.reference]))


def test_my_work_asks_the_database_as_often_for_four_joint_dossiers_as_for_one():
    ama = make_user("Ama")

    def count_tasks_and_queries():
        reader = User.objects.get(pk=ama.pk)  # who has read nothing yet
        with CaptureQueriesContext(connection) as asked:
            tasks = list_tasks(reader, timezone.now())
        return len(tasks), len(asked)

    Group().name(name="Awutu", address=ama.email)
    one, queries = count_tasks_and_queries()
    for _more in range(3):
        Group().name(name="Awutu", address=ama.email)

    assert one == 1
    assert count_tasks_and_queries() == (4, queries)


def test_an_opinion_that_is_awaited_stands_in_my_work_and_in_the_list_until_it_is_given(client):
    """E28."""
    room = Members(Status.SUBMITTED)
    client.force_login(room.abena)

    def seen():
        mine, listed = (client.get(reverse(name)).text for name in ("my", "association"))
        return "Give your opinion on it" in mine, "Your opinion is requested" in listed

    before = seen()
    room.say()

    assert (before, seen()) == ((True, True), (False, False))


def test_nobody_speaks_for_an_association_that_is_not_theirs():
    room = Members(Status.SUBMITTED)
    room.abena = make_user(works_for=room.agona)

    with pytest.raises(PermissionDenied):
        room.say()


# A colleague takes over


def colleague(address, *, verified=True):
    user = make_user("Kwame")
    user.email = address
    user.save()
    user.emailaddress_set.create(email=address, verified=verified, primary=True)
    return user


@pytest.mark.parametrize(
    ("address", "verified", "roles", "opens"),
    [
        ("kwame@agona.gov.example", True, [Role.EDITOR], True),
        ("kwame@agona.gov.example", False, [Role.EDITOR], False),
        ("kwame@agona.gov.example", True, [Role.LEGAL_REPRESENTATIVE], False),
        ("kwame@gmail.com", True, [Role.EDITOR], False),
        ("kwame@else.example", True, [Role.EDITOR], False),
        ("kwame@office.example", True, [Role.EDITOR], False),  # a member's says nothing
        ("kwame@freemail.hu", True, [Role.EDITOR], False),
    ],
)
def test_an_address_of_the_authoritys_own_opens_after_five_days(address, verified, roles, opens):
    """H9: only the domain that staff registered opens, and none at which anybody may write."""
    agona = make_authority(email_domains=["agona.gov.example", "freemail.hu"])
    efua = make_user("Efua", works_for=agona)
    type(efua).objects.filter(pk=efua.pk).update(email="efua@office.example")
    gmail = make_user("Yaw", works_for=agona)
    type(gmail).objects.filter(pk=gmail.pk).update(email="yaw@gmail.com")
    kwame = colleague(address, verified=verified)

    members.ask_to_join(kwame, authority=agona, roles=roles, function="Planner", now=NOW)
    early = members.accept_unopposed_members(NOW + timedelta(days=5, seconds=-1))
    opened = members.accept_unopposed_members(NOW + timedelta(days=5))

    assert (early, opened) == (0, int(opens))
    assert agona.has_member(kwame) == opens
    assert members.accept_unopposed_members(NOW + timedelta(days=6)) == 0


def test_a_request_whose_domain_is_registered_no_more_waits_for_a_person():
    """H9: requests that waited under an earlier rule are looked at again."""
    agona = make_authority(email_domains=["agona.gov.example"])
    make_user("Efua", works_for=agona)
    kwame = colleague("kwame@agona.gov.example")
    asked = members.ask_to_join(kwame, authority=agona, roles=[Role.EDITOR], function="", now=NOW)
    type(agona).objects.filter(pk=agona.pk).update(email_domains=[])

    opened = members.accept_unopposed_members(NOW + timedelta(days=6))

    asked.refresh_from_db()
    assert (opened, asked.status, asked.opens_at) == (0, MembershipStatus.ASKED, None)


def test_staff_see_how_each_member_got_in(client):
    """H9: by the registered domain, by a colleague, by staff."""
    agona = make_authority(email_domains=["agona.gov.example"])
    efua, ines = make_user("Efua", works_for=agona), make_officer()
    people = {
        "domain": colleague("kwame@agona.gov.example"),
        "colleague": make_user("Yaw"),
        "staff": make_user("Ama"),
    }
    asked = {
        how: members.ask_to_join(one, authority=agona, roles=[Role.EDITOR], function="", now=NOW)
        for how, one in people.items()
    }

    members.accept_unopposed_members(NOW + timedelta(days=5))
    members.decide_membership(asked["colleague"], actor=efua, accept=True)
    members.decide_membership(asked["staff"], actor=ines, accept=True)
    client.force_login(ines)
    page = client.get(reverse("admin:registry_membership_changelist")).text

    for how, one in people.items():
        assert one.memberships.get().admission == how
    assert "an address of the registered domain, and nobody objected" in page
    assert "accepted by a colleague" in page and "accepted by the programme team" in page


def test_a_request_to_join_is_answered_on_its_own_page_or_in_the_list_and_its_grounds_stay(client):
    agona, ines = make_authority(), make_officer()
    client.force_login(ines)
    yaw, ama, esi = (
        members.ask_to_join(make_user(name), authority=agona, roles=[Role.EDITOR], function="")
        for name in ("Yaw", "Ama", "Esi")
    )
    place = reverse("admin:registry_membership_change", args=[yaw.pk])
    listed = reverse("admin:registry_membership_changelist")
    asked = client.get(place).text

    def chosen(action, membership, **typed):
        return {"action": action, "_selected_action": [membership.pk]} | typed

    refused = client.post(place, {"answer": "refuse", "grounds": "No such clerk"}).text
    typed = {"answer": "accept", "grounds": "Called the town hall", "told": ""}
    said = [
        client.post(place, typed, follow=True).text,
        client.post(place, typed, follow=True).text,
        client.post(listed, chosen("accept", ama), follow=True).text,
        client.post(listed, chosen("accept", ama, sure="yes"), follow=True).text,
        client.post(listed, chosen("refuse", esi), follow=True).text,
        client.post(listed, chosen("refuse", esi, sure="yes", reason=" "), follow=True).text,
        client.post(listed, chosen("refuse", esi, sure="yes", reason="Who?"), follow=True).text,
    ]

    words = [
        *("1 request has been accepted", "1 had already been answered", "Accept these requests?"),
        *("1 request has been accepted", "Refuse these requests?", "Give the reason"),
        "1 request has been refused",
    ]
    assert all(one in shown for one, shown in zip(words, said, strict=True))
    history = client.get(reverse("admin:registry_membership_history", args=[esi.pk])).text
    assert "refused" in history and "No changes were made by hand" not in history
    assert 'value="No such clerk"' in refused and "Give the reason for the refusal" in refused
    assert ("Accept or refuse the request" in asked, "Accept or refuse" in said[0]) == (True, False)
    letter = Letter.objects.get(template="membership_decided", address=esi.user.email)
    assert "> Who?" in compose_letter(letter)[1] and "write to us" in compose_letter(letter)[1]
    rows = Membership.objects.order_by("pk").values_list("status", "grounds")
    assert list(rows) == [
        ("active", "Called the town hall"),
        ("active", "The official letter or address was checked."),
        ("refused", ""),
    ]


@pytest.mark.parametrize("page", ["memberships", "desk"])
def test_the_first_colleague_of_a_town_is_let_in_only_with_how_one_knows_them(client, page):
    """A programme officer had accepted one with both boxes empty, and the file said nothing."""
    agona, ines = make_authority("Agona West", status="proposed"), make_officer()
    make_user("Rita").memberships.create(
        authority=agona, roles=[Role.EXPERT], status="active", asked_at=timezone.now()
    )  # who only reads vouches for nobody
    asked = members.ask_to_join(
        make_user("Yaw"), authority=agona, roles=[Role.EDITOR], function="Clerk"
    )
    client.force_login(ines)
    desk = reverse("admin:registry_membership_change", args=[asked.pk])
    own = reverse("membership-decide", args=[asked.pk])
    address, mark = (own, f"-{asked.pk}") if page == "memberships" else (desk, "")
    typed = {f"grounds{mark}": " ", f"told{mark}": "Welcome, Yaw.", "answer": "accept"}

    hint = client.get(reverse("memberships") if page == "memberships" else desk).text
    refused = client.post(address, typed, follow=True).text
    asked.refresh_from_db()
    agona.refresh_from_db()
    waits = (asked.status, agona.status)
    client.post(address, typed | {f"grounds{mark}": "Called the town hall."}, follow=True)

    asked.refresh_from_db()
    agona.refresh_from_db()
    assert "Needed if you accept: nobody writes or signs for this organisation yet." in hint
    assert "Nobody writes or signs for Agona West yet, so no colleague can confirm" in refused
    assert "Write how you know that they work there" in refused and "Welcome, Yaw." in refused
    assert waits == ("asked", "proposed")
    assert (asked.status, asked.grounds) == ("active", "Called the town hall.")
    assert agona.status == "verified"


def test_an_answer_to_one_request_loses_nothing_that_was_typed_of_another(client):
    """Each was a form of its own: accepting Yaw threw away what was typed of Ama."""
    agona = make_authority("Agona West")
    yaw, ama = (
        members.ask_to_join(make_user(name), authority=agona, roles=[Role.EDITOR], function="")
        for name in ("Yaw", "Ama")
    )
    client.force_login(make_officer())
    typed = {f"told-{yaw.pk}": "Welcome.", f"told-{ama.pk}": "Which department?"}
    typed[f"grounds-{yaw.pk}"] = "Called the town hall."
    decide = reverse("membership-decide", args=[yaw.pk])

    entered = client.post(reverse("memberships"), typed).text  # Enter in one of the boxes
    waiting = Membership.objects.filter(status="asked").count()
    page = client.post(f"{decide}?beside", typed | {"answer": "accept"}, follow=True).text
    again = client.get(reverse("memberships")).text

    assert waiting == 2 and 'value="Welcome."' in entered
    yaw.refresh_from_db()
    assert yaw.status == "active" and "Yaw is now a member of Agona West." in page
    assert ['value="Which department?"' in text for text in (page, again)] == [True, True]
    assert "Welcome." not in page


def test_once_the_other_request_is_answered_too_nothing_is_said_to_be_unsaved(client):
    agona = make_authority("Agona West")
    yaw, ama = (
        members.ask_to_join(make_user(name), authority=agona, roles=[Role.EDITOR], function="")
        for name in ("Yaw", "Ama")
    )
    client.force_login(make_officer())
    typed = {f"told-{yaw.pk}": "Welcome.", f"told-{ama.pk}": "Welcome, too."}
    typed[f"grounds-{yaw.pk}"] = "Called the town hall."
    decide, kept = [reverse("membership-decide", args=[one.pk]) for one in (yaw, ama)], []

    for address in decide:
        page = client.post(f"{address}?beside", typed | {"answer": "accept"}, follow=True).text
        kept.append(("?discard=1" in page, "data-arrived=" in page))
        typed = {f"told-{ama.pk}": "Welcome, too."}

    assert kept == [(True, False), (False, True)]  # the browser's copy goes with the last


def test_reminding_a_co_applicant_loses_nothing_that_was_typed_of_the_next_one():
    group = Claimed()
    remind = reverse("co-applicant", args=[group.dossier.reference, group.named.pk])
    typed = {"contact": "Typed, and not saved", "remind": "1"}

    page = signed_in(group.efua).post(f"{remind}?beside", typed, follow=True)

    assert page.context["form"]["contact"].value() == "Typed, and not saved"


def test_who_was_refused_reads_why_on_their_own_page_too(client):
    """B9: the reason stood in the e-mail alone, and that was lost."""
    agona, yaw = make_authority("Agona West"), make_user("Yaw")
    asked = members.ask_to_join(yaw, authority=agona, roles=[Role.EDITOR], function="Clerk")
    client.force_login(make_officer())
    words = {
        "answer": "refuse",
        f"grounds-{asked.pk}": "Called them.",
        f"told-{asked.pk}": "Write from a town address.",
    }
    client.post(reverse("membership-decide", args=[asked.pk]), words)
    client.force_login(yaw)

    pages = [client.get(reverse(name)).text for name in ("memberships", "my")]

    assert ["Write from a town address." in page for page in pages] == [True, True]
    assert ["Called them." in page for page in pages] == [False, False]


def test_the_members_there_were_are_told_apart_by_how_they_got_in():
    """H9: those whom a colleague's domain let in are listed for staff to check."""
    agona = make_authority(email_domains=["Agona.gov.example"])
    efua, ines = make_user("Efua", works_for=agona), make_officer()
    clock = {"authority": agona, "status": "active", "opens_at": NOW}
    colleague("kwame@agona.gov.example").memberships.create(**clock)
    kofi = make_user("Kofi")
    kofi.memberships.create(**clock)
    make_user("Yaw").memberships.create(authority=agona, status="active", decided_by=efua)
    make_user("Ama").memberships.create(authority=agona, status="active", decided_by=ines)

    import_module("registry.migrations.0009_how_members_got_in").write_down(apps, None)

    got_in = Membership.objects.order_by("pk").values_list("admission", flat=True)
    assert list(got_in) == ["", "domain", "unregistered", "colleague", "staff"]


def test_whoever_accepts_a_request_reads_what_the_person_asks_to_do(client):
    agona = make_authority()
    roles = [Role.LEGAL_REPRESENTATIVE, Role.EXPERT]
    members.ask_to_join(make_user("Yaw"), authority=agona, roles=roles, function="Mayor", now=NOW)
    client.force_login(make_user("Efua", works_for=agona))

    page = client.get(reverse("memberships")).text

    assert "Asks to: Sign for it, as mayor or secretary general; Share expertise" in page


def test_an_association_reads_who_its_members_are_and_others_how_to_join_one(client):
    agona = make_authority(name="Agona West")
    nalag = agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")

    def page(person):
        client.force_login(person)
        return client.get(reverse("association")).text

    assert "Our members" in page(abena) and agona.get_absolute_url() in page(abena)
    assert "Find your association" in page(make_user("Efua", works_for=agona))


def test_a_free_mail_domain_cannot_be_registered_as_an_authoritys_own(client):
    """H9: neither in the admin nor by a table."""
    agona = make_authority(slug="agona-own")
    client.force_login(make_officer())
    page = reverse("admin:registry_authority_change", args=[agona.pk])
    typed = {"name": agona.name, "slug": agona.slug, "country": "GH", "tier": "municipality"}

    refused = client.post(page, typed | {"email_domains": "agona.example, GMAIL.com"}).text
    with pytest.raises(ValueError, match="yopmail.com"):
        Domains().clean("agona.example yopmail.com")
    client.post(page, typed | {"email_domains": "@Agona.example"})

    agona.refresh_from_db()
    assert "Anyone can have such an address: gmail.com" in refused
    assert agona.email_domains == ["agona.example"]


def test_a_member_who_objects_keeps_the_colleague_out_and_the_first_is_never_let_in_alone():
    agona = make_authority(email_domains=["agona.gov.example"])
    first = colleague("kwame@agona.gov.example")
    members.ask_to_join(first, authority=agona, roles=[Role.EDITOR], function="", now=NOW)
    alone = members.accept_unopposed_members(NOW + timedelta(days=6))
    Membership.objects.all().delete()
    efua = make_user("Efua", works_for=agona)
    asked = members.ask_to_join(first, authority=agona, roles=[Role.EDITOR], function="", now=NOW)

    members.decide_membership(asked, actor=efua, accept=False, reply="Nobody knows you.")

    assert (alone, members.accept_unopposed_members(NOW + timedelta(days=6))) == (0, 0)
    asked.refresh_from_db()
    assert asked.status == MembershipStatus.REFUSED
    letter = Letter.objects.filter(template="membership_asked").last()
    assert letter.context["opens_on"] == "2026-11-30"


def test_a_colleague_becomes_the_contact_and_the_one_before_is_told():
    agona = make_authority()
    kwame = make_user("Kwame", works_for=agona)
    dossier = make_dossier(agona, status=Status.UNDER_SELECTION)

    dossier_contact.become_contact(dossier, actor=kwame)
    dossier_contact.become_contact(dossier, actor=kwame)

    dossier.refresh_from_db()
    assert (dossier.focal_name, dossier.focal_email) == ("Kwame", kwame.email)
    assert [letter.address for letter in Letter.objects.all()] == ["efua@agona.example"]
    for stranger, status in ((make_user(), Status.UNDER_SELECTION), (kwame, Status.CLOSED)):
        type(dossier).objects.update(status=status, focal_email="x@example.org")
        with pytest.raises(PermissionDenied):
            dossier_contact.become_contact(dossier, actor=stranger)


# Where it is


def walked(days):
    """A dossier that stood so many days in each stage, one after the other."""
    dossier, at = make_dossier(status=Status.VALIDATED), NOW - timedelta(days=400)
    for verb, target, stay in (
        ("begin", "draft", days),
        ("submit", "submitted", days + 1),
        ("open", "eligibility_check", 1),
        ("send_to_committee", "under_selection", days + 2),
        ("validate", "validated", 0),
    ):
        dossier.status = target
        record_event(dossier, verb, actor=None, now=at)
        at += timedelta(days=stay)


def test_the_usual_time_of_a_stage_is_the_median_of_what_it_took():
    few = [walked(days) for days in (2, 4, 6, 8)]
    before = count_days()
    few.append(walked(100))

    assert before == {}  # four say nothing
    assert count_days() == {"write": 6, "check": 8, "committee": 8}


def test_no_usual_time_stands_beside_a_day_that_is_fixed():
    """“Usually 5 days” stood beside a closing date 32 days after publication."""
    for days in (2, 4, 6, 8, 100):
        walked(days)
    dossier = make_dossier(status=Status.PUBLISHED)
    closes = date_format(dossier.opportunity.closes_on, "DATE_FORMAT")

    def here(status):
        dossier.status = status
        [stop] = [stop for stop in list_stops(dossier) if stop.state == "now"]
        return stop

    dated = [Status.DRAFT, Status.CORRECTION_ASKED, Status.PUBLISHED, Status.CONSENT_PENDING]
    assert [here(status).usually for status in dated] == [""] * 4
    assert here(Status.UNDER_SELECTION).usually == "usually 8 days"
    assert closes in here(Status.PUBLISHED).who


def test_the_way_says_who_has_it_now_and_nothing_once_it_has_ended():
    call = make_call(closes_at=datetime(2027, 1, 4, 16, tzinfo=UTC))
    dossier = make_dossier(status=Status.PUBLISHED)
    dossier.call, dossier.status = call, Status.DRAFT

    stops = list_stops(dossier)

    assert [stop.state for stop in stops] == ["now"] + ["next"] * 5
    assert (
        stops[0].who == "Action required from you: submit it before the call closes on "
        "4 January 2027, 17:00 (Brussels time)."
    )
    for status in FINAL:
        dossier.status = status
        assert list_stops(dossier) == []
    for status in set(Status) - FINAL:
        dossier.status = status
        assert [stop.state for stop in list_stops(dossier)].count("now") == 1
        for_others = list_stops(dossier, is_own=False)  # an association, say
        said = " ".join(f"{stop.title} {stop.who}" for stop in for_others).lower()
        assert not {"you", "your"} & set(said.replace(".", " ").split())


def test_the_way_is_shown_while_the_cache_is_away(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    assert len(list_stops(make_dossier(status=Status.SUBMITTED))) == 6


def test_the_dossiers_page_shows_where_it_is(client):
    agona = make_authority()
    client.force_login(make_user(works_for=agona))
    dossier = make_dossier(agona, status=Status.SUBMITTED, status_since=timezone.now())

    page = client.get(dossier.get_absolute_url()).content.decode()

    assert "It is waiting for a programme officer to open it." in page


def test_the_reason_of_an_opinion_stays_until_it_is_saved_and_an_objection_needs_one():
    """A text without its opinion was refused, and gone."""
    agona = make_authority("Agona West")
    association = agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    dossier = make_dossier(agona, status=Status.ELIGIBILITY_CHECK)
    client = signed_in(abena)
    address = reverse("opinion", args=[dossier.reference, association.pk])

    def give(**typed):
        page = client.post(address, typed | {"association": association.pk}, follow=True)
        (_association, _own, form) = page.context["opinions"][0]
        return form["text"].value(), "?discard=1" in page.text, "data-arrived=" in page.text

    pages = [
        give(text="Another project does the same."),
        give(verdict="objects", text=""),
        give(verdict="objects", text="Another project does the same."),
    ]

    assert pages == [
        ("Another project does the same.", True, False),
        ("", True, False),
        ("Another project does the same.", False, True),
    ]
    assert dossier.opinions.get().text == "Another project does the same."


def test_a_changed_opinion_is_told_as_a_change():
    """“Opinion of the association received” stood twice in the timeline."""
    room = Members(Status.ELIGIBILITY_CHECK)
    room.say(NOW, verdict="supports")
    room.say(NOW + timedelta(hours=1), verdict="objects")

    told = [str(one.past) for one in room.dossier.events.filter(verb="opine").order_by("pk")]

    assert told == ["Opinion of the association received", "Opinion of the association changed"]
