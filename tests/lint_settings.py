"""The settings of `make lint`: the product's, and the linter of migrations beside it."""

from connect.settings import *  # noqa: F403
from connect.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
