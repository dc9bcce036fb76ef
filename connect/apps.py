from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from connect.formats.ordinals import use_ordinals


class ConnectConfig(AppConfig):
    name = "connect"
    verbose_name = _("Audit trail")

    def ready(self):
        from connect import exports, work  # noqa: PLC0415 - models are ready only now
        from connect import sessions as _rules  # noqa: F401, PLC0415 - named for the clock
        from connect.models import Export, ExportState, Unsealed  # noqa: PLC0415

        use_ordinals()
        work.QUEUES.append(
            work.Queue(
                _("Lists taken out"),
                waiting=partial(Export.objects.filter, state=ExportState.WAITING),
                failed=partial(Export.objects.filter, state=ExportState.FAILED),
                since="asked_at",
                retry=exports.try_again,
            )
        )
        work.QUEUES.append(
            work.Queue(
                _("Audit trail to seal"),
                waiting=Unsealed.objects.all,
                failed=Unsealed.objects.none,
                since="at",
                retry=lambda rows: 0,
            )
        )
