"""What a new installation is given: what forms choose from, and no local authority unasked."""

import pytest
from django.core.management import call_command

from registry.models import Association, Authority, Theme

pytestmark = pytest.mark.django_db


def test_local_authorities_come_only_when_they_are_asked_for(capsys):
    """A programme brings its own in: 270 towns that nobody asked for would be in its way."""
    call_command("load_reference")
    without = Authority.objects.count()
    call_command("load_reference", towns=True)

    assert without == 0 and Authority.objects.count() > 270
    assert not Authority.objects.filter(population=0).exists()  # of some, nobody knows it
    assert Association.objects.exists() and Theme.objects.exists()
