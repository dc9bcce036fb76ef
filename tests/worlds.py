"""Worlds that several modules of tests begin with: whoever is in them has a name."""

from datetime import date, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.closing import begin_closing
from accounts.holdings import Person
from accounts.models import DataRequest
from applications.enums import Status
from applications.models import Dossier
from exchanges.models import Exchange
from matching import consent
from matching.models import Interest, Match
from registry import availability
from tests.factories import (
    make_agenda_key,
    make_authority,
    make_budget_line,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_letter,
    make_meeting,
    make_member,
    make_offer,
    make_officer,
    make_pause_key,
    make_picture,
    make_practice,
    make_report,
    make_session,
    make_user,
    make_work_key,
)

MEANWHILE = "Meanwhile somebody else, or you in another window, saved here"


def signed_in(person):
    """A browser of somebody who has signed in."""
    client = Client()
    client.force_login(person)
    return client


def form_data(form):
    """Return what a browser sends of a form when nothing in it is changed."""
    values = {
        field.html_name: value
        if isinstance(value := field.value(), list)
        else field.field.widget.format_value(value)
        for field in form
    }
    return {
        name: "on" if value is True else value
        for name, value in values.items()
        if value not in (None, "", [], False)
    }


def open_form(client, address):
    return form_data(client.get(address).context["form"])


class Table:
    """A dossier of Agona West with Ineke on the shortlist, proposed by Ines.

    is_told: the minutes in which the proposal could be undone are over.
    """

    def __init__(self, *, offer=None, is_told=True):
        self.agona = make_authority("Agona West")
        self.efua = make_user("Efua", works_for=self.agona)
        self.ines = make_officer("Ines")
        self.dossier = make_dossier(self.agona, status=Status.SHORTLISTING)
        self.ineke = offer.expert if offer else make_expert("Ineke")
        self.interest = make_interest(self.dossier, self.ineke)
        now = timezone.now()
        asked_at = now - settings.UNDO_FOR if is_told else now
        chosen, note = [self.interest.pk], "They did it."
        self.match = consent.propose_match(
            self.dossier, chosen, note=note, actor=self.ines, now=asked_at
        )
        self.match.answer_by = timezone.localdate(now) + timedelta(days=consent.DAYS_TO_ANSWER)
        self.match.save(update_fields=["answer_by"])  # also just after midnight

    def of(self, side):
        return self.match.consents.select_related(
            "match__dossier__authority", "interest__expert"
        ).get(side=side)

    def answer(self, side, accept=True, **details):
        actor = {"applicant": self.efua, "expert": self.ineke.user}.get(side)
        return consent.answer_consent(
            self.of(side), accept=accept, actor=actor, by_link=side == "employer", **details
        )

    def state(self):
        return (
            Match.objects.get(pk=self.match.pk).status,
            Dossier.objects.get(pk=self.dossier.pk).status,
            Interest.objects.get(pk=self.interest.pk).status,
            Exchange.objects.count(),
        )


def agreed():
    """Bring a proposal to its exchange: every side says yes."""
    table = Table()
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    return table, Exchange.objects.get()


def make_exchange(number, *, country="GH", helper="NL", status="closed", form="expert_mission"):
    dossier = make_dossier(make_authority(country=country), status="matched", forms=[form])
    expert = make_expert(f"Helper {number}", make_authority(country=helper))
    interest = make_interest(dossier, expert)
    match = Match.objects.create(
        reference=f"MA-9-{number}", dossier=dossier, answer_by="2030-01-01", status="agreed"
    )
    match.interests.set([interest])
    return Exchange.objects.create(
        reference=f"EX-9-{number}",
        match=match,
        dossier=dossier,
        form=form,
        status=status,
        actual_start=date(2020 + number % 3, 5, 1),
        actual_end=date(2020 + number % 3, 5, 5),
    )


class PeopleByTie:
    """One of each thing of Agona West, and a person of each tie with a browser."""

    def __init__(self):
        self.agona = agona = make_authority("Agona West", slug="agona-west")
        association = agona.associations.create(name="NALAG", country="GH", scope="national")
        elsewhere = make_authority().associations.create(
            name="UNGL", country="CO", scope="national"
        )
        newcomer = make_user("Kofi")
        self.membership = newcomer.memberships.create(authority=agona, roles=["editor"])
        self.hidden = make_expert("Ineke", visibility="staff")
        self.public = make_expert("Rob", authority=self.hidden.authority)
        self.people = {
            "anonymous": None,
            "neighbour": make_user("Ama", works_for=make_authority()),
            "newcomer": newcomer,
            "colleague": make_user("Yaw", works_for=agona, roles=["expert"]),
            "editor": make_user("Efua", works_for=agona),
            "expert": self.hidden.user,
            "another expert": make_expert("Hans").user,
            "contributor": make_user("Kwesi"),
            "committee member": make_member("Anna"),
            "committee member with a conflict": make_member("Lars"),
            "committee member it was not shared out to": make_member("Rui"),
            "association": self.speaker("Abena", association),
            "another association": self.speaker("Patricio", elsewhere),
            "officer": make_officer("Ines"),
            "officer with a conflict": make_officer("Rita"),
            "administrator": make_officer("Vera"),
        }
        self.people["administrator"].is_superuser = True
        self.people["administrator"].save()
        self.clients = {}
        for name, person in self.people.items():
            self.clients[name] = Client()
            if person:
                self.clients[name].force_login(person)
        self.dossier = make_dossier(agona, status=Status.PUBLISHED, created_by=newcomer)
        self.alone = make_dossier(agona, created_by=newcomer)  # nothing of it is kept by others
        self.dossier.corrections.create(
            fields=[], due_on="2030-01-01", asked_at=self.dossier.status_since
        )
        for name in ("committee member with a conflict", "officer with a conflict"):
            self.dossier.conflicts.create(
                member=self.people[name], has_conflict=True, at=self.dossier.status_since
            )
        for name in ("committee member", "committee member with a conflict"):
            self.dossier.assignments.create(member=self.people[name], at=self.dossier.status_since)
        now, kwesi = self.dossier.status_since, self.people["contributor"]
        self.dossier.contributors.create(
            name="Kwesi", address=kwesi.email, user=kwesi, asked_at=now, joined_at=now
        )
        self.letter = make_letter(self.dossier)
        self.meeting = make_meeting(
            self.dossier,
            self.people["committee member"],
            self.people["committee member with a conflict"],
        )
        self.call = make_call()
        self.offer = make_offer(self.hidden)
        self.interest = make_interest(self.dossier, self.hidden)
        self.match = Match.objects.create(
            reference="MA-1", dossier=self.dossier, answer_by="2030-01-01"
        )
        self.match.interests.set([self.interest])
        self.exchange = Exchange.objects.create(
            reference="EX-1", match=self.match, dossier=self.dossier, form="expert_mission"
        )
        self.practice = make_practice(self.exchange)
        self.exchange.participants.create(name="Kofi", side="requesting", part="delegate")
        session = make_session(self.exchange)
        session.observations.create(association=association, asked_at=session.changed_at)

    def speaker(self, name, association):
        person = make_user(name)
        person.memberships.create(
            association=association, roles=["association_officer"], status="active"
        )
        return person

    def tried(self, person, thing, status, ask):
        """True if a person's request, with the thing in this status, is not turned away."""
        with transaction.atomic():
            if status is not None:
                type(thing).objects.filter(pk=thing.pk).update(status=status)
            response = ask(self.clients[person])
            transaction.set_rollback(True)
        led_away = response.status_code == 302 and (
            "/login/" in response.url or response.wsgi_request.method == "GET"
        )
        assert response.status_code < 500
        return response.status_code not in (403, 404, 405) and not led_away


class OneOfEach:
    """One of each thing, all of Agona West, and a person of each role."""

    def __init__(self):
        agona, neighbouring = make_authority("Agona West"), make_authority("Awutu")
        association = agona.associations.create(name="NALAG", country="GH", scope="national")
        self.expert = make_expert("Ineke")
        offer = make_offer(self.expert)
        officer_of_association = make_user("Abena")
        officer_of_association.memberships.create(
            association=association, roles=["association_officer"], status="active"
        )
        self.people = {
            "anonymous": None,
            "neighbour": make_user("Neighbour", works_for=neighbouring),
            "colleague": make_user("Efua", works_for=agona),
            "expert": self.expert.user,
            "committee": make_member("Anna"),
            "association": officer_of_association,
            "officer": make_officer("Ines"),
        }
        self.published = make_dossier(agona, status=Status.PUBLISHED)
        self.editable = make_dossier(agona, status=Status.CORRECTION_ASKED)
        self.editable.corrections.create(
            fields=[], due_on="2030-01-01", asked_at=self.editable.status_since
        )
        self.judged = make_dossier(agona, status=Status.UNDER_SELECTION)
        anna = self.people["committee"]
        self.meeting = make_meeting(self.judged, anna, status="signed")
        self.ahead = make_meeting(self.judged, anna)
        letter = make_letter(self.published)
        signature = self.editable.signatures.create(
            name="Mayor",
            address="m@example.org",
            asked_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=9),
        )
        together = self.editable.co_applicants.create(
            name="Awutu",
            country="GH",
            address="a@example.org",
            asked_at="2026-01-01T00:00Z",
            authority=neighbouring,
        )
        self.draft = make_dossier(agona)
        now, writes = timezone.now(), self.people["neighbour"]
        contributor = self.draft.contributors.create(
            name="Ama", address=writes.email, user=writes, asked_at=now, joined_at=now
        )
        invited = self.draft.contributors.create(
            name="Yaw", address="yaw@example.org", asked_at=now
        )
        interest = self.interest = make_interest(self.published, self.expert)
        match = Match.objects.create(
            reference="MA-1", dossier=self.published, answer_by=date(2030, 1, 1), status="agreed"
        )
        match.interests.set([interest])
        employer = match.consents.create(
            side="employer", interest=interest, name="Clerk", address="clerk@example.org"
        )
        exchange = Exchange.objects.create(
            reference="EX-1",
            match=match,
            dossier=self.published,
            form="expert_mission",
            status="running",
            actual_start=timezone.localdate() - timedelta(days=4),
            actual_end=timezone.localdate(),
        )
        part = exchange.participants.create(
            name="Kofi",
            address="kofi@example.org",
            side="requesting",
            part="delegate",
            attended=True,
            confirmed_at=timezone.now(),
        )
        intern = exchange.participants.create(
            name="Esi", address="esi@example.org", side="requesting", part="intern"
        )
        of_intern = make_picture(exchange)
        of_intern.people.create(participant=intern)
        session = make_session(exchange)
        observation = session.observations.create(
            association=association, asked_at=session.changed_at
        )
        report = make_report(exchange)
        asked = exchange.evaluations.create(
            participant=part, moment="end", side="requesting", due_on=timezone.localdate()
        )
        bill = ContentFile(b"%PDF-1.4", name="a.pdf")
        paid = make_budget_line(exchange, receipt=bill, receipt_name="a.pdf")
        practice = self.practice = make_practice(exchange)
        picture = practice.photos.create(file=make_picture(exchange).file, alt="A pump")
        draft = make_practice(exchange, status="draft")
        asking = DataRequest.objects.create(address="m@example.org", asked_at=timezone.now())
        closing = begin_closing(Person.from_address("m@example.org"))
        calendar = make_agenda_key(exchange)
        reference = self.published.reference
        self.arguments = {
            "provider": ["eu-login"],
            "provider-return": ["eu-login"],
            "call": [self.published.call.slug],
            "begin": [self.published.call.slug],
            "paper-form": [self.published.call.slug],
            "printable-form": [self.published.call.slug],
            "opportunity": [reference],
            "opportunity-picture": [reference],
            "short": [reference],
            "translation-answer": ["a-key"],
            "pause": [make_pause_key("a@example.org", "alerts")],
            "expert": [self.expert.slug],
            "authority": [agona.slug],
            "join": ["authority", agona.slug],
            "answer-by-link": [employer.link_path.split("/")[-2]],
            "dossier": [reference],
            "dossier-step": [reference, "submit"],
            "approve-summary": [reference],
            "add-file": [reference],
            "withdraw-file": [reference],
            "change-representative": [reference],
            "copy": [reference],
            "delete-draft": [reference],
            "ask-signature": [self.editable.reference],
            "document": [reference],
            "dossier-receipt": [reference],
            "availability": [availability.create_calendar_link(self.expert).key],
            "employer-agrees": [self.expert.link_path.split("/")[-2]],
            "photo": [self.expert.slug],
            "sign": [signature.link_path.split("/")[-2]],
            "sign-file": [signature.link_path.split("/")[-2], make_letter(signature.dossier).token],
            "together": [together.link_path.split("/")[-2]],
            "co-applicants": [self.editable.reference],
            "co-applicant": [self.editable.reference, together.pk],
            "co-applicant-named": [self.editable.reference, together.pk],
            "contributors": [self.draft.reference],
            "contribute": [self.draft.reference],
            "contribute-join": [invited.link_path.split("/")[-2]],
            "remove-contributor": [self.draft.reference, contributor.pk],
            "become-contact": [reference],
            "keep-dossier": [reference],
            "my-copy": [1],
            "data-open": [asking.link_path.split("/")[-2]],
            "data-mine-copy": [1],
            "data-keep": [closing.link_path.split("/")[-2]],
            "opinion": [reference, association.pk],
            "file": [reference, letter.token],
            "change-file": [reference, letter.token],
            "remove-file": [reference, letter.token],
            "section": [self.editable.reference, "problem"],
            "autosave": [self.editable.reference, "problem"],
            "check-answers": [self.editable.reference],
            "committee-dossier": [self.judged.reference],
            "committee-commitment": [self.judged.reference],
            "committee-meeting": [self.ahead.pk],
            "committee-minutes": [self.meeting.pk],
            "answer": [reference],
            "not-for-me": [reference],
            "interest": [reference, interest.pk],
            "interest-cv": [reference, interest.pk],
            "interest-withdraw": [reference, interest.pk],
            "interest-correct": [reference, interest.pk],
            "match": [match.reference],
            "match-answer": [match.reference, employer.pk],
            "exchange": [exchange.reference],
            "exchange-participants": [exchange.reference],
            "exchange-participant": [exchange.reference, part.pk],
            "exchange-attendance": [exchange.reference],
            "exchange-diary": [exchange.reference],
            "learning-report": [exchange.reference, intern.pk],
            "diary-by-link": [intern.link_path.split("/")[-2]],
            "exchange-part-picture": [intern.link_path.split("/")[-2], of_intern.pk],
            "exchange-part": [intern.link_path.split("/")[-2]],
            "exchange-receipt": [exchange.reference, paid.pk],
            "exchange-pictures": [exchange.reference],
            "exchange-picture": [exchange.reference, make_picture(exchange).pk],
            "exchange-withdraw": [exchange.reference],
            "exchange-budget": [exchange.reference],
            "exchange-budget-line": [exchange.reference, make_budget_line(exchange).pk],
            "exchange-budget-approve": [exchange.reference],
            "exchange-agenda": [exchange.reference],
            "exchange-session": [exchange.reference, session.pk],
            "exchange-observe": [exchange.reference, observation.pk],
            "exchange-days": [exchange.reference],
            "exchange-stop": [exchange.reference],
            "exchange-terms": [exchange.reference],
            "exchange-document": [exchange.reference, "report"],
            "incident": [exchange.reference],
            "certificate": [exchange.reference, part.pk],
            "invitation": [exchange.reference, part.pk],
            "exchange-report": [exchange.reference],
            "exchange-plan": [exchange.reference],
            "exchange-approval": [exchange.reference],
            "exchange-measure-new": [exchange.reference],
            "exchange-measure": [exchange.reference, report.measure.pk],
            "measure-report": [exchange.reference, report.measure.pk],
            "evidence": [exchange.reference, report.pk],
            "follow-up": [exchange.reference, 6],
            "exchange-results": [exchange.reference],
            "practice": [practice.slug],
            "practice-picture": [practice.slug],
            "practice-photo": [practice.slug, picture.pk],
            "practices-of": [exchange.reference],
            "practice-write": [draft.slug, "en"],
            "practice-withdraw": [draft.slug],
            "practice-photos": [draft.slug],
            "practice-step": [draft.slug, "submit_practice"],
            "practice-agree": [draft.slug],
            "practice-used": [practice.slug],
            "practice-contact": [practice.slug],
            "agenda-by-link": [calendar],
            "impact-table": ["csv"],
            "api:practice": [practice.slug],
            "agenda-calendar": [calendar],
            "work-calendar": [make_work_key()],
            "plan-by-link": [report.measure.plan.link_path.split("/")[-2]],
            "evaluate": [asked.link_path.split("/")[-2]],
            "withdraw-link": [self.expert.create_link().pk],
            "membership-decide": [1],
            "membership-leave": [1],
            "offer": [offer.pk],
            "offer-step": [offer.pk, "pause"],
        }
