"""`python manage.py match CN-2026-0001`: the ranking of a dossier with its reasons, as a table."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications.models import Dossier
from engine import Policy, rank
from matching.catalogue import catalogue_at
from matching.needs import incomes, need_of
from matching.wording import candidates_of


class Command(BaseCommand):
    help = "Ranks the registry's offers for a dossier and says why; stores nothing."

    def add_arguments(self, parser):
        parser.add_argument("reference")
        parser.add_argument("--first", type=int, default=5, help="how many to show")
        parser.add_argument("--reasons", action="store_true", help="a line for each criterion")

    def handle(self, reference, first, reasons, **options):
        try:
            dossier = Dossier.objects.select_related("authority").get(reference=reference)
        except Dossier.DoesNotExist:
            raise CommandError(f"There is no dossier {reference}.") from None
        today = timezone.localdate()
        need = need_of(dossier, incomes())
        ranking = rank(need, catalogue_at(today), Policy.default(), k=first, near=3)
        self.stdout.write(f"{reference}  {dossier.title}  ({dossier.authority.place})")
        self.stdout.write(
            f"{ranking.admitted} of {len(ranking.table.offer_ids)} offers are admitted."
        )
        for place, candidate in enumerate(candidates_of(ranking.entries), 1):
            self.show(f"{place:2}.", candidate, reasons)
        for candidate in candidates_of(ranking.near_misses):
            self.show(f" ✗ {', '.join(candidate.rules)}:", candidate, reasons)

    def show(self, place, candidate, reasons):
        offer = candidate.offer
        who = f"{offer.expert} ({offer.expert.authority}), “{offer.title}”"
        self.stdout.write(f"{place} {candidate.score:3} {who}")
        parts = [f"{line.name} {line.points:.0f}/{line.weight:.0f}" for line in candidate.lines]
        self.stdout.write(f"        {'  '.join(parts)}")
        if reasons:
            for line in candidate.lines:
                self.stdout.write(f"        {line.name}: {line.why}")
