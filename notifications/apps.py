from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Letters")

    def ready(self):
        post_save.connect(nudge_sender, sender="notifications.Letter")


def nudge_sender(created, **rest):
    """Tell a worker that a letter waits; beat would find it all the same."""
    from connect.jobs import nudge  # noqa: PLC0415 - models and Celery are ready only now
    from notifications.tasks import send_letters  # noqa: PLC0415

    if created:
        nudge(send_letters)
