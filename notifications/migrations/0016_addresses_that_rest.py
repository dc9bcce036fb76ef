from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0015_name_steps_in_keys")]
    operations = [
        migrations.AddField(
            "deadaddress",
            "failures",
            models.PositiveSmallIntegerField("times", default=1, db_default=1),
        ),
        migrations.AddField(
            "deadaddress",
            "rests_until",
            models.DateTimeField("tried again", null=True, blank=True),
        ),
    ]
