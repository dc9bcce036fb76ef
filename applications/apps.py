from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Dossiers")

    def ready(self):
        import applications.erasing  # noqa: PLC0415 - it connects its receiver
        import applications.reminders  # noqa: F401, PLC0415 - it names what the clock does
