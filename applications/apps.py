from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Applications")

    def ready(self):
        # They name what the clock does, react, and say what is held of people and how long.
        from applications import (  # noqa: F401, PLC0415
            desk_home,
            desk_search,
            erasing,
            gathering,
            hold_kinds,
            mailing_lists,
            reactions,
            reminders,
            retention,
            written_language,
        )
