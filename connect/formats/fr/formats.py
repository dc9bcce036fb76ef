"""French: 1er décembre 2026, and 2 décembre 2026. The rest is Django's own."""

DATE_FORMAT = "jS F Y"
DATETIME_FORMAT = "jS F Y H:i"
MONTH_DAY_FORMAT = "jS F"
SHORT_DATE_FORMAT = "jS N Y"
SHORT_DATETIME_FORMAT = "jS N Y H:i"
