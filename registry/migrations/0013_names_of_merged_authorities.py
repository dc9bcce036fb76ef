"""Let a successor know the names of those merged into it, and be found by them."""

from django.db import migrations


def fill(apps, schema_editor):
    Authority = apps.get_model("registry", "Authority")
    Entry = apps.get_model("registry", "SearchEntry")
    for old in Authority.objects.exclude(merged_into=None).order_by("pk"):
        into = Authority.objects.get(pk=old.merged_into_id)
        if old.name not in [into.name, *into.former_names]:
            into.former_names = [*into.former_names, old.name]
            into.save(update_fields=["former_names"])
        # `load_reference`, which follows each migration, writes entries that are missing.
        Entry.objects.filter(kind="authority", key=into.pk).delete()


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_former_names")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
