from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Dossiers")

    def ready(self):
        # They name what the clock does, and what is held of people and how long.
        from applications import erasing, reminders, retention  # noqa: F401, PLC0415
