from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("Matching")

    def ready(self):
        import matching.reactions  # noqa: F401, PLC0415 - it connects its receivers
        from matching.desk import index_opportunities  # noqa: PLC0415
        from matching.models import Opportunity  # noqa: PLC0415
        from registry import search  # noqa: PLC0415

        search.KINDS.append(("opportunity", Opportunity, index_opportunities))
