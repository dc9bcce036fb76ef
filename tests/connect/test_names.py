"""The rule of names (docs/style.md) as far as a program can read it."""

import ast
from pathlib import Path

from django.conf import settings

IRREGULAR = "begun chosen done found given held kept known left made said sent shown told written"
PREPOSITIONS = "about at by for from in into of off on out over to under up with within without"
TESTS = Path(settings.BASE_DIR, "tests")
ALLOWED = {"after"}  # of the schedule: @every, @daily, @after


def public_functions():
    for app in {"engine", "connect", *settings.INSTALLED_APPS}:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            if "migrations" not in path.parts:
                for node in ast.parse(path.read_text(encoding="utf-8")).body:
                    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                        yield node.name


def imported_names(node):
    """List what an import names: modules, or what it takes out of one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_no_public_function_is_a_bare_participle_or_a_lone_preposition():
    bare = {*IRREGULAR.split(), *PREPOSITIONS.split(), "after"}

    names = {name for name in public_functions() if name in bare or name.endswith("ed")}

    assert {name for name in names if "_" not in name} == ALLOWED


def test_no_module_of_the_tests_imports_a_test_module():
    """What several modules of tests use lives in a module of its own, as `tests/worlds.py`."""
    imported = {
        (str(path.relative_to(TESTS)), name)
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in imported_names(node)
        if any(part.startswith("test_") for part in name.split("."))
    }

    assert imported == set()
