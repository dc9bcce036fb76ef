"""Somebody was told of an observation where the letter that asks for it was written."""

from django.db import migrations


def fill(apps, schema_editor):
    letters = apps.get_model("notifications", "Letter").objects.filter(
        template="observation_asked"
    )
    waiting = apps.get_model("exchanges", "Observation").objects.filter(told_at=None)
    for observation in waiting.select_related("session"):
        written = letters.filter(key__startswith=f"session:{observation.session.uid}:")
        if observation.answered_at or written.exists():
            observation.told_at = observation.asked_at
            observation.save(update_fields=["told_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("exchanges", "0021_observer_told"),
        ("notifications", "0009_letter_counts"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
