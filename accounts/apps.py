from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self):
        import accounts.second_factor  # noqa: F401, PLC0415 - it and the next answer signals
        import accounts.sessions  # noqa: F401, PLC0415
        import accounts.unused  # noqa: F401, PLC0415 - it names what the clock does
        from accounts import security_log  # noqa: PLC0415 - signals of apps that are ready now

        security_log.connect_events()
