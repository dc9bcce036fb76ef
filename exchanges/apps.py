from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangesConfig(AppConfig):
    name = "exchanges"
    verbose_name = _("Exchanges")

    def ready(self):
        import exchanges.calendar  # noqa: PLC0415 - it names what the clock does
        import exchanges.reactions  # noqa: F401, PLC0415 - it connects its receivers
