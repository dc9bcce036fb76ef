"""Make room for the names of two encoders: columns grow wider, old code writes shorter ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0017_fill_experts_when_asked")]

    operations = [
        migrations.AlterField("allocation", "engine", models.CharField(blank=True, max_length=150)),
        migrations.AlterField("matchrun", "engine", models.CharField(blank=True, max_length=150)),
        migrations.AlterField("offervector", "encoder", models.CharField(max_length=150)),
    ]
