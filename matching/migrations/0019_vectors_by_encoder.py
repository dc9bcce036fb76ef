"""Let an offer have a vector of each encoder. Old code goes on with its one row an offer: workers
alone read and write them, and all workers run one version."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0018_long_names_of_encoders")]

    operations = [
        migrations.AddConstraint(
            "offervector",
            models.UniqueConstraint(
                fields=("offer", "encoder"), name="one_vector_an_offer_and_encoder"
            ),
        ),
        migrations.AlterField(
            "offervector",
            "offer",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="vectors",
                to="registry.offer",
            ),
        ),
    ]
