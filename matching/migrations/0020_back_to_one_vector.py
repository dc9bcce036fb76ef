"""On the way back alone: leave one vector an offer, as the older tables ask. Others are made
again where they are wanted."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def leave_one(apps, schema_editor):
    vectors = apps.get_model("matching", "OfferVector").objects
    older = vectors.filter(offer=OuterRef("offer"), pk__lt=OuterRef("pk"))
    vectors.filter(Exists(older)).delete()


class Migration(migrations.Migration):
    dependencies = [("matching", "0019_vectors_by_encoder")]

    operations = [migrations.RunPython(migrations.RunPython.noop, leave_one)]
