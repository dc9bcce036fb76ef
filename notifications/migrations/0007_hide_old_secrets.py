"""Move the text of secret letters that wait to where nobody is shown it; the clock erases it."""

from django.db import migrations
from django.db.models import F, Value

HIDDEN = "•••"


def hide(apps, schema_editor):
    secret = apps.get_model("notifications", "Letter").objects.filter(is_secret=True)
    secret = secret.exclude(body=HIDDEN)
    waiting = secret.filter(sent_at=None, cancelled_at=None)
    waiting.update(secret=F("body"), body=Value(HIDDEN))
    secret.update(body=HIDDEN)


def show(apps, schema_editor):
    held = apps.get_model("notifications", "Letter").objects.exclude(secret="")
    held.update(body=F("secret"), secret=Value(""))


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_letter_secret")]
    operations = [migrations.RunPython(hide, show, elidable=True)]
