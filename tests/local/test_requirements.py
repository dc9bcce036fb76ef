"""What production stands on: named, pinned without addresses, of licences that fit, and no more."""

import ast
import importlib.metadata
import re
import sys
from email.message import Message

import pytest

from connect.local import places
from docs import check_licences

APPS = "engine connect notifications accounts registry applications matching exchanges practices"
APPS = [*APPS.split(), "impact"]
PINS = sorted(places.BASE.glob("requirements*.txt"))


def imported(path):
    """Yield the packages that a module imports, other than for its types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_production_imports_what_its_own_pins_bring_and_nothing_else():
    """A server has no package of the one-machine run, and none of the tests."""
    pins = check_licences.pinned_names([(places.BASE / "requirements.txt").read_text()])
    brings = importlib.metadata.packages_distributions()
    own = {"pictures", "refusal", "django_stubs_ext"}  # readers' neighbours, types
    found = {
        name
        for app in APPS
        for path in (places.BASE / app).rglob("*.py")
        if "local" not in path.parts
        for name in imported(path)
    }

    strange = {
        name
        for name in found - set(sys.stdlib_module_names) - set(APPS) - own
        if not {re.sub("[._]", "-", one.lower()) for one in brings.get(name, [])} & set(pins)
    }
    assert len(pins) > 60 and strange == set()


def test_no_pin_names_an_address_and_each_has_hashes():
    for path in PINS:
        text = path.read_text()
        assert "://" not in text and "index-url" not in text, path
        pins = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==", text, re.M)
        assert text.count("--hash=sha256:") >= len(pins) > 0, path


@pytest.mark.parametrize(
    ("says", "fits"),
    [
        ({"License-Expression": "MIT"}, True),
        ({"License-Expression": "Apache-2.0 OR BSD-2-Clause"}, True),
        ({"License-Expression": "(MIT OR GPL-3.0-only)"}, True),
        ({"License-Expression": "MIT AND GPL-3.0-only"}, False),
        ({"License": "GPL-2.0"}, False),  # clamav-client, which we had
        ({"License": "MIT", "Classifier": "License :: OSI Approved :: BSD License"}, True),
        ({"Classifier": "License :: OSI Approved :: GNU Affero General Public License v3"}, False),
        ({"License": "Proprietary"}, False),
        ({}, False),
    ],
)
def test_a_licence_that_does_not_go_with_ours_is_found(says, fits):
    about = Message()
    for name, value in says.items():
        about[name] = value

    assert check_licences.is_fit(check_licences.licence_of("a-package", about)) is fits


def test_every_package_that_we_run_on_fits():
    names = check_licences.pinned_names(
        [(places.BASE / name).read_text() for name in check_licences.PINS]
    )

    assert "clamav-client" not in names and check_licences.find_unfit(names) == []
