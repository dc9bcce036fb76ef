from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("E-mails")

    def ready(self):
        # Models are ready only now, and their rules are named for the clock.
        from connect import queues  # noqa: PLC0415
        from notifications import (  # noqa: F401, PLC0415
            auditor,
            checks,
            desk_home,
            desk_search,
            digest,
            gathering,
            held_steps,
            limits,
            mailings,
            outbox,
            preview,
            returned,
            sending,
            weekly_work,
            work_calendar,
        )
        from notifications.models import Letter, UnreadMail  # noqa: PLC0415

        queues.QUEUES.append(
            queues.Queue(
                _("E-mails"),
                waiting=lambda: Letter.objects.due(timezone.now()),
                failed=Letter.objects.failed,
                since="not_before",
                retry=sending.retry_letters,
            )
        )
        unread = UnreadMail.objects
        queues.QUEUES.append(
            queues.Queue(
                _("Returned e-mails"),
                waiting=lambda: unread.filter(tries__lt=UnreadMail.TRIES),
                failed=lambda: unread.filter(tries__gte=UnreadMail.TRIES),
                since="at",
                retry=lambda rows: rows.update(tries=0),
            )
        )
