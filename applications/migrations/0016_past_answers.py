from django.db import migrations, models


class Migration(migrations.Migration):
    """Remember what an answer was before, so that two people's changes can be told apart."""

    dependencies = [("applications", "0015_private_draft")]

    operations = [
        migrations.AddField(
            model_name="sectiondraft",
            name="past",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()), default=dict
            ),
        ),
    ]
