from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("Matching")

    def ready(self):
        # They name what the clock does, react, and say what is held of people and how long.
        from matching import (  # noqa: F401, PLC0415
            alerts,
            allocations,
            deadlines,
            desk_home,
            desk_search,
            erasing,
            fits,
            gathering,
            hold_kinds,
            outcomes,
            policies,
            reactions,
            retention,
            runs,
            sentences,
        )
        from matching.models import Opportunity  # noqa: PLC0415
        from matching.opportunities import index_opportunities  # noqa: PLC0415
        from registry import search_index  # noqa: PLC0415

        search_index.KINDS.append(("opportunity", Opportunity, index_opportunities))
        search_index.INDEXED_BY_TOWN.append(
            (
                lambda towns: Opportunity.objects.filter(dossier__authority__in=towns),
                index_opportunities,
            )
        )
        name_queues()


def name_queues():
    from connect import queues  # noqa: PLC0415 - models are ready only now
    from matching.enums import RunState  # noqa: PLC0415
    from matching.models import Allocation, MatchRun, UnreadText  # noqa: PLC0415
    from matching.runs import retry_runs  # noqa: PLC0415
    from matching.unread_texts import retry_texts  # noqa: PLC0415

    for name, model, since, retry in (
        (_("Rankings"), MatchRun, "requested_at", retry_runs),
        (_("Assignment plans"), Allocation, "requested_at", retry_runs),
        (_("Texts of offers that cannot be read"), UnreadText, "since", retry_texts),
    ):
        queues.QUEUES.append(
            queues.Queue(
                name,
                waiting=partial(model.objects.filter, state=RunState.WAITING),
                failed=partial(model.objects.filter, state=RunState.FAILED),
                since=since,
                retry=retry,
            )
        )
