from django.db import migrations, models


class Migration(migrations.Migration):
    """Name what staff undid before anybody was asked; such an expert may be invited again."""

    dependencies = [("matching", "0010_append_only")]

    operations = [
        migrations.RemoveConstraint(model_name="interest", name="one_open_interest_an_expert"),
        migrations.AlterField(
            model_name="interest",
            name="status",
            field=models.CharField(
                choices=[
                    ("invited", "invited"),
                    ("draft", "draft"),
                    ("submitted", "sent"),
                    ("screened", "checked by staff"),
                    ("shortlisted", "on the shortlist"),
                    ("chosen", "chosen"),
                    ("reserve", "on the reserve list"),
                    ("declined", "declined"),
                    ("withdrawn", "withdrawn"),
                    ("expired", "expired"),
                    ("undone", "invitation undone"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="match",
            name="status",
            field=models.CharField(
                choices=[
                    ("proposed", "waiting for everybody's agreement"),
                    ("agreed", "agreed"),
                    ("refused", "refused"),
                    ("lapsed", "lapsed without an answer"),
                    ("undone", "undone"),
                    ("withdrawn", "withdrawn by our staff"),
                    ("taken_back", "undone before anybody was asked"),
                ],
                default="proposed",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["withdrawn", "expired", "undone"]), _negated=True),
                fields=("dossier", "expert"),
                name="one_open_interest_an_expert",
            ),
        ),
    ]
