from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self):
        # They register rules of the clock, personal data with its retention, and encrypted columns.
        from accounts import (  # noqa: F401, PLC0415
            closing,
            copies,
            data_requests,
            erasing,
            mailing_lists,
            proof,
            retention,
            retention_rules,
            second_factor,
            security_log,
            seeds,
            sessions,
            unused,
        )
        from accounts.models import DataCopy  # noqa: PLC0415
        from connect import exports, queues  # noqa: PLC0415
        from connect.models import ExportState  # noqa: PLC0415

        security_log.connect_events()
        queues.QUEUES.append(
            queues.Queue(
                _("Copies of personal data"),
                waiting=partial(DataCopy.objects.filter, state=ExportState.WAITING),
                failed=partial(DataCopy.objects.filter, state=ExportState.FAILED),
                since="asked_at",
                retry=exports.retry_exports,
            )
        )
