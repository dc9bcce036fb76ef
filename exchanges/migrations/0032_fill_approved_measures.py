"""Keep of each approved plan what was approved: until now a plan that changed was approved no more."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations

SAID = (
    *("title", "description", "topic_id", "level", "indicator", "unit", "baseline", "target"),
    *("due_on", "responsible", "cost", "currency", "money"),
)


def fill(apps, schema_editor):
    ActionPlan = apps.get_model("exchanges", "ActionPlan")
    for plan in ActionPlan.objects.filter(last_approved=None).exclude(approved_at=None):
        rows = list(plan.measures.order_by("pk").values("pk", *SAID))
        plan.last_approved = {
            "at": plan.approved_at.isoformat(),
            "name": plan.approved_name,
            "measures": json.loads(json.dumps(rows, cls=DjangoJSONEncoder)),
        }
        plan.save(update_fields=["last_approved"])


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0031_approved_measures")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
