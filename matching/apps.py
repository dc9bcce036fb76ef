from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("Matching")

    def ready(self):
        import matching.alerts  # noqa: PLC0415 - it names what the clock does
        import matching.deadlines  # noqa: PLC0415 - it names what the clock does
        import matching.erasing  # noqa: PLC0415 - it connects its receivers
        import matching.reactions  # noqa: PLC0415 - it connects its receivers
        import matching.retention  # noqa: F401, PLC0415 - it says how long all is kept
        from matching.models import Opportunity  # noqa: PLC0415
        from matching.opportunities import index_opportunities  # noqa: PLC0415
        from registry import search  # noqa: PLC0415

        search.KINDS.append(("opportunity", Opportunity, index_opportunities))
        name_queues()


def name_queues():
    from connect import work  # noqa: PLC0415 - models are ready only now
    from matching.enums import RunState  # noqa: PLC0415
    from matching.models import Allocation, MatchRun  # noqa: PLC0415
    from matching.runs import run_again  # noqa: PLC0415

    for name, model in ((_("Rankings"), MatchRun), (_("Shared plans"), Allocation)):
        work.QUEUES.append(
            work.Queue(
                name,
                waiting=partial(model.objects.filter, state=RunState.WAITING),
                failed=partial(model.objects.filter, state=RunState.FAILED),
                since="requested_at",
                retry=run_again,
            )
        )
