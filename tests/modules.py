"""The product's modules, all of them: what was not imported by chance is looked at too."""

import importlib
from pathlib import Path

from django.conf import settings

BASE = Path(settings.BASE_DIR)
PACKAGES = ("engine", "connect", *(app for app in settings.INSTALLED_APPS if (BASE / app).is_dir()))
# Migrations are history; the readers are a program of their own, without Django; to import the
# application is to start it, which asks the database.
APART = {"migrations", "management", "readers", "wsgi", "__main__"}


def modules_of_the_product():
    """Yield every module of ours that a web process or a worker may import."""
    for package in PACKAGES:
        for path in sorted((BASE / package).rglob("*.py")):
            parts = path.relative_to(BASE).with_suffix("").parts
            if not APART & set(parts):
                yield importlib.import_module(".".join(parts).removesuffix(".__init__"))
