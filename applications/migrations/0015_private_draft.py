"""Know a draft that is its writer's alone, who only asked to join the authority: words alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0014_normal_form_of_texts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dossier",
            name="status",
            field=models.CharField(
                choices=[
                    ("private", "draft that is yours alone"),
                    ("draft", "draft"),
                    ("submitted", "submitted"),
                    ("eligibility_check", "eligibility check"),
                    ("correction_asked", "correction asked"),
                    ("ineligible", "ineligible"),
                    ("under_selection", "before the committee"),
                    ("not_selected", "not selected"),
                    ("reserve", "on the reserve list"),
                    ("validated", "validated"),
                    ("published", "published, looking for a colleague"),
                    ("shortlisting", "choosing among candidates"),
                    ("consent_pending", "waiting for everybody's agreement"),
                    ("matched", "matched"),
                    ("closed", "closed"),
                    ("closed_no_match", "closed without a match"),
                    ("withdrawn", "withdrawn"),
                    ("cancelled", "cancelled"),
                ],
                default="draft",
                max_length=20,
                verbose_name="status",
            ),
        ),
    ]
