"""`python manage.py match CN-2026-0001`: the ranking of a dossier with its reasons, as a table."""

from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications.models import Dossier
from matching.models import MatchRun
from matching.needs import need_as_json, read_shared_facts
from matching.reasons import describe_candidates
from matching.runs import rank_for_desk
from matching.sentences import choose_quotes


class Command(BaseCommand):
    help = (
        "Ranks the registry's offers for a dossier as the desk does, and says why; stores nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("reference")
        parser.add_argument("--first", type=int, default=5, help="how many to show, 20 at most")
        parser.add_argument("--reasons", action="store_true", help="a line for each criterion")

    def handle(self, reference, first, reasons, **options):
        try:
            dossiers = Dossier.objects.select_related("authority", "call", "case_officer")
            dossier = dossiers.get(reference=reference)
        except Dossier.DoesNotExist:
            raise CommandError(f"There is no dossier {reference}.") from None
        today = timezone.localdate()
        made = rank_for_desk(dossier, today, read_shared_facts(today))
        ranking = made.ranking
        self.stdout.write(f"{reference}  {dossier.title}  ({dossier.authority.place})")
        self.stdout.write(
            f"{ranking.admitted} of {len(ranking.table.offer_ids)} offers are admitted."
        )
        run = MatchRun(
            dossier=dossier,
            need=need_as_json(made.need),
            entries=[asdict(entry) for entry in made.entries[:first]],
            near_misses=[asdict(entry) for entry in ranking.near_misses[:3]],
        )
        if reasons:
            run.quotes = choose_quotes(run)
        for place, candidate in enumerate(describe_candidates(run.entries, run), 1):
            self.show(f"{place:2}.", candidate, reasons)
        for candidate in describe_candidates(run.near_misses, run):
            self.show(f" ✗ {', '.join(candidate.rules)}:", candidate, reasons)

    def show(self, place, candidate, reasons):
        offer = candidate.offer
        who = f"{offer.expert} ({offer.expert.authority}), “{offer.title}”"
        self.stdout.write(f"{place} {candidate.score:3} {who}")
        parts = [f"{line.name} {line.points_words}/{line.weight:.0f}" for line in candidate.lines]
        self.stdout.write(f"        {'  '.join(parts)}")
        if reasons:
            self.stdout.write(f"        {candidate.summary}")
            for line in candidate.grounds:
                self.stdout.write(f"        {line.name} {line.points_words}: {line.why}")
                for sentence in line.quotation.sentences if line.quotation else ():
                    self.stdout.write(f"            {sentence.source}: “{sentence.text}”")
            self.stdout.write(f"        {candidate.unknown}")
