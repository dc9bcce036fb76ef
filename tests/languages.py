"""The languages of the site, for what holds in each of them."""

from django.conf import settings

CODES = [code for code, _name in settings.LANGUAGES]
