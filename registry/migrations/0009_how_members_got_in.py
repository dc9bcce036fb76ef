"""Say of each member how they got in, so that staff can check those let in by a shared domain."""

from django.db import migrations


def write_down(apps, schema_editor):
    Authority = apps.get_model("registry", "Authority")
    for town in Authority.objects.exclude(email_domains=[]).iterator():
        domains = [domain.strip().lower().removeprefix("@") for domain in town.email_domains]
        if domains != town.email_domains:
            Authority.objects.filter(pk=town.pk).update(email_domains=domains)
    Membership = apps.get_model("registry", "Membership")
    active = Membership.objects.filter(status="active", admission="")
    active.filter(decided_by__is_staff=True).update(admission="staff")
    active.filter(decided_by__is_staff=False).update(admission="colleague")
    by_clock = active.filter(decided_by=None, opens_at__isnull=False, authority__isnull=False)
    for place in by_clock.select_related("user", "authority"):
        domain = place.user.email.rpartition("@")[2].lower()
        place.admission = "domain" if domain in place.authority.email_domains else "unregistered"
        place.save(update_fields=["admission"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_admission"), ("accounts", "0001_initial")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
