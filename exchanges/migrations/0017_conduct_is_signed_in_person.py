from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0016_signed_and_confirmed_in_person")]

    operations = [
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("has_signed_conduct", False),
                    ("signed_conduct_at__isnull", False),
                    _connector="OR",
                ),
                name="the_code_of_conduct_is_signed_in_person",
            ),
        ),
    ]
