from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Registry")

    def ready(self):
        # They name what the clock does, react, and say what is held of people and how long.
        from registry import (  # noqa: F401, PLC0415
            confirmation,
            desk_home,
            desk_search,
            erasing,
            gathering,
            mailing_lists,
            members,
            reactions,
            retention,
            search_index,
            search_pages,
        )
