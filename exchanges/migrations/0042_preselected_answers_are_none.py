"""Take back what a form had preselected and nobody need have said: it was counted as an answer."""

from django.db import migrations

PRESELECTED = {"gender": "undisclosed", "post": "other"}


def empty(apps, schema_editor):
    for column, value in PRESELECTED.items():
        rows = apps.get_model("exchanges", "Participant").objects
        rows.filter(**{column: value}).update(**{column: ""})


def restore(apps, schema_editor):
    for column, value in PRESELECTED.items():
        rows = apps.get_model("exchanges", "Participant").objects
        rows.filter(**{column: ""}).update(**{column: value})


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0041_nothing_preselected")]
    operations = [migrations.RunPython(empty, restore, elidable=True)]
