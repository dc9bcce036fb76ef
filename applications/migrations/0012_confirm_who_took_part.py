"""Keep the co-applicants that took part before each was confirmed by its authority."""

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Coalesce


def confirm(apps, schema_editor):
    CoApplicant = apps.get_model("applications", "CoApplicant")
    CoApplicant.objects.filter(takes_part=True, authority__isnull=False, confirmed_at=None).update(
        confirmed_at=Coalesce(F("answered_at"), F("asked_at")), confirmation="earlier"
    )


class Migration(migrations.Migration):
    dependencies = [("applications", "0011_co_applicant_confirmed")]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
