from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    name = "practices"
    verbose_name = _("Good practices")

    def ready(self):
        # They connect receivers, and register personal data with its retention.
        from practices import (  # noqa: F401, PLC0415
            desk_home,
            desk_search,
            erasing,
            gathering,
            nearest,
            reactions,
            retention,
            review,
        )
        from practices.listing import index_practices  # noqa: PLC0415
        from practices.models import Practice  # noqa: PLC0415
        from registry import search_index  # noqa: PLC0415
        from registry.models import SearchEntry  # noqa: PLC0415

        search_index.KINDS.append((SearchEntry.PRACTICE, Practice, index_practices))
        search_index.INDEXED_BY_TOWN.append(
            (
                lambda towns: Practice.objects.filter(exchange__dossier__authority__in=towns),
                index_practices,
            )
        )
