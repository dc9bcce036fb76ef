"""The examples in docstrings say what is true."""

import doctest
import importlib
import re

import pytest

from tests.modules import BASE, PACKAGES

MODULES = sorted(
    ".".join(path.relative_to(BASE).with_suffix("").parts)
    for package in PACKAGES
    for path in (BASE / package).rglob("*.py")
    if ">>> " in path.read_text()
)


BLOCKS = [
    (str(path.relative_to(BASE)), block)
    for path in sorted((*BASE.glob("*.md"), *(BASE / "docs").rglob("*.md")))
    for block in re.findall(r"^```python\n(.*?)^```$", path.read_text(), re.DOTALL | re.MULTILINE)
]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_hold(module):
    failed, tried = doctest.testmod(importlib.import_module(module))

    assert failed == 0 and tried > 0


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_the_examples_of_the_documentation_run(page, block, tmp_path, monkeypatch):
    """That of the engine imported functions that had other names by then."""
    (tmp_path / "registry").symlink_to(BASE / "registry")
    monkeypatch.chdir(tmp_path)  # what they save stays here

    exec(compile(block, page, "exec"), {})  # noqa: S102


def test_there_are_examples_in_the_documentation():
    assert {page for page, _block in BLOCKS} == {"docs/engine.md"}
