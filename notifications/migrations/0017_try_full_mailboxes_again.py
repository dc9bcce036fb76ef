"""Let addresses that failed for less than a wrong name rest since then, and no longer."""

from datetime import timedelta

from django.db import migrations
from django.db.models import F

REST = timedelta(days=3)


def let_rest(apps, schema_editor):
    failing = apps.get_model("notifications", "DeadAddress").objects.filter(rests_until=None)
    soft = failing.filter(why__regex=r"\y[45]\.[0-9]+\.[0-9]+\y").exclude(why__regex=r"\y5\.1\.")
    soft.update(rests_until=F("at") + REST)


def bury(apps, schema_editor):
    apps.get_model("notifications", "DeadAddress").objects.update(rests_until=None)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0016_addresses_that_rest")]
    operations = [migrations.RunPython(let_rest, bury, elidable=True)]
