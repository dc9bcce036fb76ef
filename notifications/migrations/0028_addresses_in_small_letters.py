from django.db import migrations
from django.db.models.functions import Lower


def write_small(apps, schema_editor):
    letters = apps.get_model("notifications", "Letter").objects
    letters.filter(address__regex="[[:upper:]]").update(address=Lower("address"))


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0027_letter_concerned'),
    ]

    operations = [
        migrations.RunPython(write_small, migrations.RunPython.noop, elidable=True),
    ]
