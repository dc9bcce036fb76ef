from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0023_sentences_of_offers")]

    operations = [
        migrations.AddField(
            model_name="matchrun", name="quotes", field=models.JSONField(null=True)
        ),
    ]
