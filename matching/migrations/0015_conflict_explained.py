"""Keep what an expert says of their conflict of interest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0014_functions_of_then")]
    operations = [
        migrations.AddField(
            model_name="interest",
            name="conflict_text",
            field=models.CharField(blank=True, db_default="", max_length=500),
        )
    ]
