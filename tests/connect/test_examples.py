"""The examples in docstrings say what is true."""

import doctest
import importlib
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
APPS = ("engine", "connect", *(app for app in settings.INSTALLED_APPS if (BASE / app).is_dir()))
MODULES = sorted(
    ".".join(path.relative_to(BASE).with_suffix("").parts)
    for app in dict.fromkeys(APPS)
    for path in (BASE / app).rglob("*.py")
    if ">>> " in path.read_text()
)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_hold(module):
    failed, tried = doctest.testmod(importlib.import_module(module))

    assert failed == 0 and tried > 0
