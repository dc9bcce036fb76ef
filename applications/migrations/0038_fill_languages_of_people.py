"""Write to each person in the language in which they were written to until now."""

from django.db import migrations
from django.db.models import Case, F, OuterRef, Subquery, When


def fill(apps, schema_editor):
    Dossier = apps.get_model("applications", "Dossier")
    used = Case(
        When(language_from__in=["person", "text"], then=F("language")),
        When(focal_language="", then=F("language")),
        default=F("focal_language"),
    )
    Dossier.objects.filter(legal_language="").exclude(legal_email="").update(legal_language=used)
    of_dossier = Dossier.objects.filter(pk=OuterRef("dossier")).annotate(used=used).values("used")
    for name in ("Signature", "CoApplicant", "Contributor"):
        rows = apps.get_model("applications", name).objects.filter(language="")
        rows.update(language=Subquery(of_dossier))


class Migration(migrations.Migration):
    dependencies = [("applications", "0037_languages_of_people")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
