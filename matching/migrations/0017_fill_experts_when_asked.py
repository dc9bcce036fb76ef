"""Keep with each expert's consent where they worked when they were asked, as their answer has it."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Consent = apps.get_model("matching", "Consent")
    Interest = apps.get_model("matching", "Interest")
    answer = Interest.objects.filter(pk=OuterRef("interest"))
    Consent.objects.filter(side="expert", authority=None).exclude(interest=None).update(
        authority=Subquery(answer.values("authority")),
        function_title=Subquery(answer.values("function_title")),
    )


class Migration(migrations.Migration):
    dependencies = [("matching", "0016_experts_when_asked")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
