"""Keep the co-applicants of whose "yes" it is known that the authority said it.

The others are claims again, and no partners, until the authority or staff confirm them.
"""

from django.db import migrations
from django.db.models.functions import Lower

from registry.addresses import domain_of, is_for_anybody


def confirm(apps, schema_editor):
    CoApplicant = apps.get_model("applications", "CoApplicant")
    Membership = apps.get_model("registry", "Membership")
    said_yes = CoApplicant.objects.filter(
        takes_part=True, authority__isnull=False, confirmed_at=None
    )
    for named in said_yes.select_related("authority", "dossier"):
        address = named.address.lower()
        members = Membership.objects.filter(
            authority=named.authority, status="active", user__is_active=True
        )
        domain = domain_of(address)
        if (
            (domain in named.authority.email_domains and not is_for_anybody(domain))
            or members.alias(email=Lower("user__email")).filter(email=address).exists()
        ):
            named.confirmed_at = named.answered_at or named.asked_at
            named.confirmation = "earlier"
            named.save(update_fields=["confirmed_at", "confirmation"])
        else:
            named.dossier.partners.remove(named.authority)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("applications", "0011_co_applicant_confirmed"),
    ]

    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]
