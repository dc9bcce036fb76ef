"""Bring typed answers into the normal form of text; what was signed stays signed.

Pages bring texts in that form now: an answer kept with the line ends of before would differ from
the same one saved again, and void the signature under it.
"""

import hashlib
import json

from django.db import migrations

from connect.characters import clean_texts


def digest_of(drafts):
    raws = {draft.section: draft.raw for draft in drafts}
    return hashlib.sha256(json.dumps(raws, sort_keys=True).encode()).hexdigest()


def normalise(apps, schema_editor):
    Dossier = apps.get_model("applications", "Dossier")
    for dossier in Dossier.objects.order_by("pk").only("pk").iterator():
        drafts = list(dossier.drafts.all())
        before = digest_of(drafts)
        for row in [*drafts, *dossier.asides.all()]:
            raw = clean_texts(row.raw)
            if raw != row.raw:
                row.raw = raw
                row.save(update_fields=["raw"])
        if (after := digest_of(drafts)) != before:
            dossier.signatures.filter(digest=before).update(digest=after)


class Migration(migrations.Migration):
    dependencies = [("applications", "0013_not_the_authority")]
    operations = [migrations.RunPython(normalise, migrations.RunPython.noop)]
