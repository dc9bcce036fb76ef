"""Portuguese: weeks begin on Monday, thousands have a space. The rest is Django's own."""

FIRST_DAY_OF_WEEK = 1
THOUSAND_SEPARATOR = "\xa0"
