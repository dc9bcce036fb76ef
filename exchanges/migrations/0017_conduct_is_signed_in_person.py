from django.db import migrations, models


def take_back(apps, schema_editor):
    """Take back what old code ticked since 0016: one such row would stop the constraint."""
    Participant = apps.get_model("exchanges", "Participant")
    table = schema_editor.quote_name(Participant._meta.db_table)
    schema_editor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    ticked = Participant.objects.filter(has_signed_conduct=True, signed_conduct_at=None)
    ticked.update(has_signed_conduct=False)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while some wait


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0016_signed_and_confirmed_in_person")]

    operations = [
        migrations.RunPython(take_back, migrations.RunPython.noop),
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
