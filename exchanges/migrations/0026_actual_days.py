"""Let no exchange have ended before it began; rows of before stay as they are until changed."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0025_language_names")]

    operations = [
        AddConstraintNotValid(
            model_name="exchange",
            constraint=models.CheckConstraint(
                condition=Q(actual_end=None)
                | Q(actual_start=None)
                | Q(actual_end__gte=F("actual_start")),
                name="exchange_ended_after_it_started",
                violation_error_message="The last day was not before the first one.",
            ),
        ),
    ]
