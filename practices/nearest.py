"""The practices nearest to each request for which somebody is sought: its desk shows them."""

import hashlib
import json
from dataclasses import asdict, replace

from django.utils import timezone

from applications.enums import RANKED_IN
from applications.models import Dossier
from connect.schedule import every, process_one_by_one
from engine import VERSION, Catalogue, Offer, Themes, nearest_practices
from engine.practices import PRACTICES
from matching.needs import need_as_json, read_need_to_rank, read_shared_facts
from matching.vectors import ENCODERS
from practices.models import NearestPractices, Practice
from registry.models import Theme

SOLVED = 4  # the level of a topic that a town has a practice of


@every(minutes=10, only_workers=True)
def save_nearest_practices(now):
    """Save the practices nearest to each request of the desk; return how many changed.

    Only workers encode text, and only where a request or a practice has changed.
    """
    shared = read_shared_facts(timezone.localdate(now))
    offers = read_practices(shared)
    practices = [asdict(offer) for offer in offers]
    catalogue = None
    there = dict(NearestPractices.objects.values_list("dossier", "made_of"))

    def save(dossier):
        nonlocal catalogue
        need = replace(read_need_to_rank(dossier, shared), asked_on=None)
        read = [VERSION, PRACTICES.version, ENCODERS.version, need_as_json(need), practices]
        made_of = hashlib.sha256(json.dumps(read).encode()).hexdigest()
        if there.get(dossier.pk) == made_of:
            return 0
        catalogue = catalogue or lay_practices(offers)
        entries = [asdict(entry) for entry in nearest_practices(need, catalogue)]
        for entry in entries:
            entry["parts"] = {key: entry["parts"][key] for key in PRACTICES.weights}
        NearestPractices.objects.update_or_create(
            dossier=dossier, defaults={"made_of": made_of, "entries": entries}
        )
        return 1

    dossiers = Dossier.objects.filter(status__in=RANKED_IN).select_related("authority", "call")
    return sum(process_one_by_one(save, dossiers.order_by("pk")))


def lay_practices(offers):
    topics = Theme.objects.exclude(parent=None).values_list("code", flat=True)
    return Catalogue.build(offers, themes=Themes.from_codes(topics), encoder=ENCODERS)


def read_practices(shared):
    """Read the published practices as the engine's offers, each of its town."""
    rows = Practice.objects.published().with_list_details().order_by("pk")
    offers = []
    for practice in rows:
        text, town = practice.in_language(practice.language), practice.authority
        words = (text.title, text.summary, text.problem, text.done, text.result)
        offers.append(
            Offer(
                practice.pk,
                "\n".join(filter(None, words)),
                text.language,
                topics={theme.code: SOLVED for theme in practice.topics.all() if theme.parent_id},
                country=str(town.country),
                authority=town.slug,
                population=town.population,
                tier=town.tier,
                geography=tuple(town.geography),
                income=shared["incomes"].get(str(town.country)),
            )
        )
    return offers
