"""Whether what forms choose from is there."""

from django.contrib.auth.models import Group

from accounts.models import OFFICERS
from connect.doctor import Fault, examines
from registry.models import Theme


@examines("reference data", needs_database=True)
def examine_reference_data():
    missing = [
        name
        for name, there in (
            ("themes", Theme.objects.exists()),
            ("group of officers", Group.objects.filter(name=OFFICERS).exists()),
        )
        if not there
    ]
    if missing:
        yield Fault(
            f"Reference data are missing: {', '.join(missing)}.",
            "Nobody can say what an application is about, or be made an officer.",
            "Run `manage.py load_reference`.",
        )
