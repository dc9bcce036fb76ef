import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0022_form_of_proposals"),
        ("registry", "0016_forms_from_their_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferSentences",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("encoder", models.CharField(max_length=150)),
                ("text_hash", models.CharField(max_length=64)),
                ("vectors", models.BinaryField()),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.offer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("offer", "encoder"), name="sentences_once_an_offer_and_encoder"
                    )
                ],
            },
        ),
    ]
