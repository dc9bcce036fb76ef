from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Registry")

    def ready(self):
        import registry.confirmation  # noqa: PLC0415 - they name what the clock does
        import registry.erasing  # noqa: PLC0415 - it connects its receivers
        import registry.members  # noqa: PLC0415
        import registry.retention  # noqa: F401, PLC0415 - it says how long all is kept
