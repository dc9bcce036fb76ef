"""How long good practices are kept."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import CONSENT, RetentionRule, declare_retention, months_period
from practices.review import request_reviews

declare_retention(
    RetentionRule(
        "practices",
        _("published good practices, their pictures, and who agreed to them"),
        CONSENT,
        months_period(24),
        _("both sides are asked whether it is still right; either may have it taken off at once"),
        rule=request_reviews,
    ),
)
