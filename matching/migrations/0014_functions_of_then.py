"""Keep with each interest what its expert does, where they still work where they did then."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps, schema_editor):
    Interest = apps.get_model("matching", "Interest")
    Expert = apps.get_model("registry", "Expert")
    title = Expert.objects.filter(pk=OuterRef("expert")).values("function_title")
    same = Interest.objects.filter(function_title="", expert__authority=F("authority"))
    Interest.objects.filter(pk__in=same.values("pk")).update(function_title=Subquery(title))


class Migration(migrations.Migration):
    dependencies = [("matching", "0013_where_experts_worked_then")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
