from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0014_restricted")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="confirmed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                null=True,
                verbose_name="confirmed as having taken part",
            ),
        ),
    ]
