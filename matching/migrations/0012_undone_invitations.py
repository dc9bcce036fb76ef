from django.db import migrations
from django.db.models import OuterRef, Subquery


def last_verb(apps):
    events = apps.get_model("matching", "InterestEvent").objects.filter(interest=OuterRef("pk"))
    return Subquery(events.order_by("-at", "-pk").values("verb")[:1])


def name_undone(apps, schema_editor):
    """Invitations that were undone stood as expired in their expert's list."""
    interests = apps.get_model("matching", "Interest").objects
    undone = interests.annotate(last=last_verb(apps)).filter(status="expired", last="uninvite")
    interests.filter(pk__in=undone.values("pk")).update(status="undone")


def name_expired(apps, schema_editor):
    apps.get_model("matching", "Interest").objects.filter(status="undone").update(status="expired")


class Migration(migrations.Migration):
    dependencies = [("matching", "0011_undone_before_asked")]

    operations = [migrations.RunPython(name_undone, name_expired)]
