from functools import partial

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.db.models.signals import pre_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from connect.formats.ordinals import use_ordinals
from connect.validator_messages import use_own_messages


class ConnectConfig(AppConfig):
    name = "connect"
    verbose_name = _("Audit trail")

    def ready(self) -> None:
        # Models are ready only now, and their rules are named for the clock.
        from connect import (  # noqa: F401, PLC0415
            checks,
            cleaning,
            double_posts,
            exports,
            files,
            links,
            queues,
            seals,
            start_checks,
            translating,
        )
        from connect.models import (  # noqa: PLC0415
            Export,
            ExportState,
            Translation,
            TranslationState,
            Unsealed,
        )

        pre_migrate.connect(start_checks.limit_waiting, sender=self)
        use_ordinals()
        use_own_messages()
        autodiscover_modules("transitions")  # a worker tells timelines too, and imports no page
        autodiscover_modules("readable_texts")  # each app says what may be translated
        autodiscover_modules("my_work")  # each app says what waits for a person
        queues.QUEUES.append(
            queues.Queue(
                _("Exports"),
                waiting=partial(Export.objects.filter, state=ExportState.WAITING),
                failed=partial(Export.objects.filter, state=ExportState.FAILED),
                since="asked_at",
                retry=exports.retry_exports,
            )
        )
        queues.QUEUES.append(
            queues.Queue(
                _("Machine translations"),
                waiting=partial(Translation.objects.filter, state=TranslationState.WAITING),
                failed=partial(Translation.objects.filter, state=TranslationState.FAILED),
                since="asked_at",
                retry=translating.retry_translations,
            )
        )
        queues.QUEUES.append(
            queues.Queue(
                _("Audit trail to seal"),
                waiting=Unsealed.objects.all,
                failed=Unsealed.objects.none,
                since="at",
                retry=lambda rows: 0,
            )
        )


class OurStaticFiles(StaticFilesConfig):
    """Leaves out what no page asks for: builds to read for whom debugs, flags as one picture."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("jquery.js", "select2.full.js", "xregexp.js", "sprite*.png", "sprite*.css"),
    ]
