from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangesConfig(AppConfig):
    name = "exchanges"
    verbose_name = _("Exchanges")

    def ready(self):
        # They name what the clock does, and connect their receivers.
        from exchanges import (  # noqa: F401, PLC0415
            agenda,
            conversation,
            desk_home,
            desk_search,
            erasing,
            evaluation,
            gathering,
            hold_kinds,
            incidents,
            leaving,
            mailing_lists,
            measures,
            moves,
            rate_tables,
            reactions,
            readiness,
            reopened,
            retention,
        )
