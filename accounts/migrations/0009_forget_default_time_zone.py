"""Brussels was everybody's time zone until they chose one: let the browser tell it at the next sign-in."""

from django.db import migrations


def forget(apps, schema_editor):
    apps.get_model("accounts", "User").objects.filter(time_zone="Europe/Brussels").update(
        time_zone=""
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_time_zone_of_the_browser"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
