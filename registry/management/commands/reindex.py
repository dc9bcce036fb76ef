"""`python manage.py reindex`: writes all that is searched anew, with a bar."""

from django.core.management.base import BaseCommand
from tqdm import tqdm

from registry.search_index import reindex


class Command(BaseCommand):
    help = "Writes every search entry anew; safe at any time."

    def handle(self, **options):
        reindex(progress=tqdm)
