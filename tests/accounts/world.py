"""A person, and a mayor without an account, whose names are wherever a name can be."""

import io
import zipfile

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import copies
from accounts.models import User
from applications.enums import Status
from connect.files import stored_files
from connect.transitions import record_event
from exchanges.models import Exchange
from matching.enums import InterestStatus
from matching.models import Match
from notifications.models import DeadAddress, Letter, Pause
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from registry.search_index import index_experts
from tests.factories import (
    OF_PROCESS,
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_letter,
    make_offer,
    make_officer,
    make_picture,
    make_practice,
    make_report,
    make_session,
    make_user,
)

# Of each worker its own: all of them store their files in one folder.
CANARY = f"Zyxwvut{OF_PROCESS}"
NUMBER = "+233 24 765 4321"


def spoken(*words):
    """Name every row and column of every table that holds one of these words."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        for row in model._base_manager.values():
            key = row.get("id", "")
            found |= {
                (model._meta.label_lower, key, name)
                for name, value in row.items()
                if any(word.casefold() in str(value).casefold() for word in words)
            }
    return found


def in_files(word):
    """Name every stored file that holds a word, or is called by it."""
    found = []
    for name in stored_files():
        with default_storage.open(name) as file:
            if word.encode() in file.read() or word.casefold() in name.casefold():
                found.append(name)
    return found


class World:
    """Efua Zyxwvut of Agona West, an expert too; her mayor Kojo Zyxwvut; Ines, who is staff."""

    def __init__(self, status="closed"):
        now = timezone.localtime()
        self.ines = make_officer("Ines Duarte")
        self.town = make_authority("Agona West")
        expert = make_expert(f"Efua {CANARY}", self.town, employer_name=f"Clerk {CANARY}x")
        self.expert, self.efua = expert, expert.user
        efua = self.efua
        User.objects.filter(pk=efua.pk).update(phone=NUMBER)
        efua.refresh_from_db()
        efua.emailaddress_set.create(email=efua.email, verified=True, primary=True)
        efua.memberships.update(function=f"Planner {CANARY}", grounds="Her mayor says so")
        expert.photo.save("photo.jpg", ContentFile(f"photo {CANARY}".encode()), save=False)
        expert.slug, expert.function_title = f"efua-{CANARY.lower()}", f"Head {CANARY}"
        expert.save()
        offer = make_offer(expert, title=f"Ask {efua.name}", text=f"I, {efua.name}, did it.")
        offer.windows.create(starts_on="2027-01-01", ends_on="2027-02-01")
        expert.past_missions.create(year=2020, country="KE", form="study_visit", result=CANARY)
        expert.topics.create(theme=offer.topics.get().theme, level=3, evidence=CANARY)
        index_experts([expert.pk])
        self.mayor = f"kojo.{CANARY.lower()}@agona.example"
        self.mayor_name = f"Kojo {CANARY}"
        self.dossier = make_dossier(
            self.town,
            status=Status.CLOSED if status == "closed" else Status.MATCHED,
            created_by=efua,
            focal_name=efua.name,
            focal_email=efua.email,
            focal_phone=NUMBER,
            legal_name=self.mayor_name,
            legal_email=self.mayor,
            problem=f"Ask {efua.name} ({NUMBER}),\nor {self.mayor_name} at {self.mayor}.",
            risks=[{"risk": f"{efua.name} leaves", "mitigation": "A deputy"}],
        )
        contact = {"focal_name": [efua.name], "focal_email": [efua.email], "focal_phone": [NUMBER]}
        contact |= {"legal_name": [self.mayor_name], "legal_email": [self.mayor]}
        dossier = self.dossier
        dossier.drafts.filter(section="contact").update(raw=contact, saved_by=efua)
        dossier.asides.create(section="contact", raw=contact, saved_at=now, saved_by=efua)
        dossier.versions.create(number=1, answers={"contact": contact}, at=now, by=efua)
        dossier.signatures.create(
            name=self.mayor_name,
            address=self.mayor,
            asked_at=now,
            expires_at=now,
            signed_at=now,
            signed_name=self.mayor_name,
        )
        record_event(dossier, "sign", actor=None, now=now, details={"name": self.mayor_name})
        record_event(dossier, "submit", actor=efua, now=now, details={"note": f"{efua.name} says"})
        letter = make_letter(dossier)
        letter.name, letter.uploaded_by = f"{efua.name}.pdf", efua
        letter.save()
        dossier.corrections.create(
            fields=[{"field": "focal_name", "comment": f"Is it {efua.name}?"}],
            due_on="2027-01-01",
            asked_at=now,
            answered_at=now,
        )
        dossier.scores.create(
            member=make_user("Anna Lindqvist"),
            points={},
            total=1,
            at=now,
            comment=f"{efua.name} wrote it badly.",
        )
        other = make_dossier(make_authority("Ziniaré"), status=Status.CLOSED)
        self.interest = make_interest(other, expert, status=InterestStatus.CHOSEN)
        type(self.interest).objects.filter(pk=self.interest.pk).update(
            approach=f"I, {efua.name}", references=CANARY, cv_name=f"{CANARY}.pdf"
        )
        self.interest.cv.save("cv.pdf", ContentFile(f"%PDF {CANARY}".encode()))
        match = Match.objects.create(
            reference="MA-1", dossier=dossier, answer_by=now.date(), status="agreed"
        )
        match.interests.set([self.interest])
        match.consents.create(
            side="expert", interest=self.interest, name=efua.name, address=efua.email
        )
        match.messages.create(
            side="expert", name=efua.name, author=efua, text=f"I am {CANARY}.", at=now
        )
        match.messages.create(side="staff", name="Ines", text=f"Thank you, {efua.name}.", at=now)
        record_event(match, "accept", actor=efua, now=now, details={"name": efua.name})
        self.exchange = Exchange.objects.create(
            reference="EX-1", match=match, dossier=dossier, form="internship", status=status
        )
        exchange = self.exchange
        self.part = exchange.participants.create(
            user=efua,
            name=efua.name,
            address=efua.email,
            side="requesting",
            part="intern",
            gender="woman",
            emergency_contact=f"Ama {CANARY}",
        )
        exchange.participants.create(
            name=self.mayor_name, address=self.mayor, side="requesting", part="delegate"
        )
        said = {"did": CANARY, "learnt": CANARY, "changed_at": now}
        self.part.diary.create(day="2026-05-01", remark_by="Jan", **said)
        exchange.evaluations.create(
            participant=self.part, moment="end", side="requesting", due_on="2026-06-01"
        )
        exchange.terms.create(
            number=1, purpose="A by-law", tasks=f"{efua.name} shows it.", at=now, by=efua
        ).signatures.create(user=efua, side="requesting", name=efua.name, at=now)
        report = make_report(exchange, comment=f"{efua.name} measured it.", by=efua)
        type(report.measure).objects.update(responsible=efua.name)
        report.measure.plan.approved_name = self.mayor_name
        report.measure.plan.save()
        make_session(exchange, speakers=f"Kofi and {efua.name}")
        make_picture(exchange, credit=efua.name, by=efua)
        practice = make_practice(exchange, done=f"{efua.name} wrote to everybody.")
        practice.agreements.create(party="requesting", by=efua, name=efua.name, at=now)
        record_event(exchange, "invite", actor=efua, now=now, details={"name": efua.name})
        efua.alerts.create(asked={"q": CANARY}, made_at=now, told_at=now)
        Pause.objects.create(address=efua.email, kind="alerts", at=now)
        LogEntry.objects.create(
            user=self.ines,
            content_type=ContentType.objects.get_for_model(User),
            object_id=efua.pk,
            object_repr=efua.name,
            action_flag=CHANGE,
            change_message=f'[{{"changed": {{"name": "{efua.name}"}}}}]',
        )
        LogEntry.objects.create(
            user=self.ines,
            object_repr=f"CN-1 of {efua.name}",
            action_flag=CHANGE,
            change_message="",
        )
        facts = {"reference": dossier.reference, "expert": efua.name, "authority": "Almere"}
        post_letter(
            "interest_received",
            key=f"interest:{self.interest.pk}:received",
            concerns=self.interest,
            to=[self.ines],
            **facts,
        )
        post_letter("dossier_reopen", key="old", to=[efua], reference="CN-1", title=CANARY)
        send_waiting_letters(timezone.now() + timezone.timedelta(days=1))
        DeadAddress.objects.create(
            address=efua.email, letter=Letter.objects.first(), why=f"{efua.email} is full", at=now
        )


def make_copy(person):
    """The copy of a person's data that they get, opened."""
    copy = copies.request_copy(person)
    assert copies.write_copies() == 1
    copy.refresh_from_db()
    with copy.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))
