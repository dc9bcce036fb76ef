from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Letters")

    def ready(self):
        post_save.connect(nudge_sender, sender="notifications.Letter")
        import notifications.auditor  # noqa: PLC0415 - they name what the clock does
        import notifications.digest  # noqa: F401, PLC0415
        from connect import work  # noqa: PLC0415 - models are ready only now
        from notifications.models import Letter, UnreadMail  # noqa: PLC0415
        from notifications.outbox import try_again  # noqa: PLC0415

        work.QUEUES.append(
            work.Queue(
                _("Letters"),
                waiting=lambda: Letter.objects.due(timezone.now()),
                failed=Letter.objects.given_up,
                since="not_before",
                retry=try_again,
            )
        )
        unread = UnreadMail.objects
        work.QUEUES.append(
            work.Queue(
                _("E-mails that came back"),
                waiting=lambda: unread.filter(tries__lt=UnreadMail.TRIES),
                failed=lambda: unread.filter(tries__gte=UnreadMail.TRIES),
                since="at",
                retry=lambda rows: rows.update(tries=0),
            )
        )


def nudge_sender(instance, created, **rest):
    """Tell a worker that a letter waits; beat would find it all the same."""
    from connect.jobs import nudge  # noqa: PLC0415 - models and Celery are ready only now
    from notifications.models import Priority  # noqa: PLC0415
    from notifications.tasks import send_letters, send_urgent  # noqa: PLC0415

    if created:
        nudge(send_urgent if instance.priority == Priority.URGENT else send_letters)
