"""The preview of letters: how long the page takes, and how long a worker computes it.

In the database of the other benches: 10,000 dossiers, and whatever else they have made.
"""

import sys

from bench.registry import start, timed
from bench.rush import fill, person
from bench.search import quantiles


def main():
    start()
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - Django is set up by `start`
    from django.contrib.auth.models import Group  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from connect.local import supervisor  # noqa: PLC0415
    from notifications.preview import preview_letters  # noqa: PLC0415
    from tests.factories import give_factor  # noqa: PLC0415

    supervisor.run_management_command("collectstatic", "--no-input")
    fill()
    ines = person("ahead", is_staff=True)
    ines.groups.add(Group.objects.get(name="officers"))
    setup_test_environment()
    client, address = Client(), reverse("admin:notifications_letter_expected")
    factor = {"user": ines, "type": Authenticator.Type.TOTP}
    Authenticator.objects.get_or_create(**factor, defaults={"data": {}})
    client.force_login(ines)
    give_factor(client)
    letters, seconds = timed(lambda: preview_letters(timezone.now()))
    print(f"a worker foresees {letters:,} letters in {seconds:.1f} s")
    assert b"As foreseen on" in client.get(address).content
    median, slow = quantiles(lambda: client.get(address))
    print(f"the page of the letters of the next days: p50 {median:.0f} ms, p95 {slow:.0f} ms")
    if slow > 1000:
        sys.exit("The page has to open within a second.")


if __name__ == "__main__":
    main()
