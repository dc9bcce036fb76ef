"""Take back the ticks that others set, and confirm who took part where staff judged on it."""

from django.db import migrations

JUDGED = ["evaluated", "follow_up_6m", "follow_up_12m", "closed"]


def settle(apps, schema_editor):
    Participant = apps.get_model("exchanges", "Participant")
    Participant.objects.filter(has_signed_conduct=True, signed_conduct_at=None).update(
        has_signed_conduct=False
    )
    there = Participant.objects.filter(attended=True, confirmed_at=None)
    Exchange = apps.get_model("exchanges", "Exchange")
    for exchange in Exchange.objects.filter(status__in=JUDGED):
        there.filter(exchange=exchange).update(confirmed_at=exchange.status_since)


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0015_confirmed_participants")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
