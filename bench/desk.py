"""What the matching desk costs with a registry of 100,000 offers, its ranking stored.

On the bench's own PostgreSQL (see `bench.registry`); whole pages, made by Django in this process
for an officer. Beside it: ranking the need again, as a desk without stored tables would do.
"""

from bench.registry import start, timed
from bench.search import quantiles


def dossier_to_rank():
    """Return a published dossier that was ranked over the whole registry, and an officer."""
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by `start`

    from accounts.models import User  # noqa: PLC0415
    from applications.enums import Status  # noqa: PLC0415
    from applications.models import Dossier  # noqa: PLC0415
    from matching.runs import rank_waiting, request_run  # noqa: PLC0415
    from registry.models import Offer  # noqa: PLC0415
    from tests.factories import make_dossier, make_officer  # noqa: PLC0415

    made = Dossier.objects.filter(reference="CN-BENCH").first()
    if made is None:
        made = make_dossier(status=Status.PUBLISHED, reference="CN-BENCH")
    if not made.runs.filter(state="done", offer_ids__len=Offer.objects.published().count()):
        request_run(made.pk)
        rank_waiting(timezone.now())
    return made, User.objects.filter(is_staff=True).first() or make_officer()


def main():
    start()
    from bench import registry_rows  # noqa: PLC0415 - Django is set up by `start`

    registry_rows.fill()
    from django.test import Client  # noqa: PLC0415 - Django is set up by `start`
    from django.test.utils import setup_test_environment  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from connect.local import supervisor  # noqa: PLC0415
    from engine import Policy, rank  # noqa: PLC0415
    from engine.criteria import CRITERIA  # noqa: PLC0415
    from matching.needs import read_need, read_shared_facts  # noqa: PLC0415
    from matching.offer_catalogue import catalogue_at  # noqa: PLC0415
    from tests.factories import give_factor  # noqa: PLC0415

    setup_test_environment()
    supervisor.run_management_command("collectstatic", "--no-input")
    dossier, officer = dossier_to_rank()
    client = Client()
    client.force_login(officer)
    give_factor(client)
    desk = reverse("admin:matching_desk", args=[dossier.pk])
    caps = {"per_expert": 1, "per_authority": 3, "per_country": 0, "rules": Policy.default().rules}
    tried: dict = {"try": "1"} | caps | {f"weight_{name}": 10 for name in CRITERIA}
    codes = [client.get(desk).status_code, client.get(desk, tried).status_code]
    assert codes == [200, 200], codes
    total = dossier.runs.filter(state="done").first()
    print(f"\ndesk over {len(total.offer_ids):,} offers{'':14}{'p50 ms':>9}{'p95 ms':>9}")
    for words, asked in (("the desk opens", {}), ("a what if", tried)):
        median, slow = quantiles(lambda asked=asked: client.get(desk, asked))
        print(f"{words:40}{median:9.0f}{slow:9.0f}")
    catalogue, _ = timed(lambda: catalogue_at(timezone.localdate()))
    need = read_need(dossier, read_shared_facts(timezone.localdate()))
    median, slow = quantiles(lambda: rank(need, catalogue, Policy.default()))
    print(f"{'the same need ranked again by a worker':40}{median:9.0f}{slow:9.0f}")


if __name__ == "__main__":
    main()
