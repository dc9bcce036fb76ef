"""Fill the item of an agenda that a letter concerns: its key holds the item's calendar number."""

from django.db import migrations
from django.db.models import CharField, F, Func, Value


def fill(apps, schema_editor):
    letters = apps.get_model("notifications", "Letter").objects
    sessions = apps.get_model("exchanges", "Session").objects
    keys = {str(uid): key for uid, key in sessions.values_list("uid", "pk")}
    waiting = letters.filter(concerned_pk=None, key__startswith="session:")
    uid = Func(F("key"), Value(":"), Value(2), function="split_part", output_field=CharField())
    for found in waiting.annotate(uid=uid).order_by().values_list("uid", flat=True).distinct():
        if found in keys:
            waiting.filter(key__startswith=f"session:{found}:").update(
                concerned_model="exchanges.session", concerned_pk=keys[found]
            )


class Migration(migrations.Migration):

    dependencies = [
        ('exchanges', '0042_preselected_answers_are_none'),
        ('notifications', '0026_fill_row_that_a_letter_concerns'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
