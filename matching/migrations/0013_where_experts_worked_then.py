from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0012_undone_invitations")]
    operations = [
        migrations.AddField(
            "interest",
            "function_title",
            models.CharField(blank=True, db_default="", max_length=120),
        ),
    ]
