"""An exchange that ended before it began ended on its first day: as it was, no step moved it on."""

from django.db import migrations
from django.db.models import F


def mend(apps, schema_editor):
    exchanges = apps.get_model("exchanges", "Exchange").objects
    exchanges.filter(actual_end__lt=F("actual_start")).update(actual_end=F("actual_start"))


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0026_actual_days")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
