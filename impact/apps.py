from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ImpactConfig(AppConfig):
    name = "impact"
    verbose_name = _("Impact")

    def ready(self):
        if settings.DEMO:
            import impact.demo.alive  # noqa: F401, PLC0415 - it names what the clock does
