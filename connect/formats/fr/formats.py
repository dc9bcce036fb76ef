"""French: 1er décembre 2026, and 2 décembre 2026 à 14:30. The rest is Django's own."""

DATE_FORMAT = "jS F Y"
DATETIME_FORMAT = r"jS F Y \à H:i"
MONTH_DAY_FORMAT = "jS F"
SHORT_DATE_FORMAT = "jS N Y"
SHORT_DATETIME_FORMAT = r"jS N Y \à H:i"
