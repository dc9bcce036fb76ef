"""The rules of names and sizes (docs/style.md) as far as a program can read them."""

import ast
import re

from tests.modules import BASE, PACKAGES

IRREGULAR = "begun chosen done found given held kept known left made said sent shown told written"
PREPOSITIONS = "about at by for from in into of off on out over to under up with within without"
TESTS = BASE / "tests"
ALLOWED = {"after"}  # of the schedule: @every, @daily, @after
# Names that say nothing of what they hold, and verbs that the glossary has others for.
DIALECT = set("by followed found late left may of over said shown told".split())
VERBS = {"keep", "say", "tell"}
# A class is a thing: AsksFirst, FiltersAsShown and WaitsFor were none.
DOES = set(
    "Asks Confirms Copies Counts Exports Filters Finds Gives Goes Holds Imports Keeps Leads Lists"
    " Looks Makes Names Notices Pauses Reads Says Searches Sends Shows Stands Takes Tells Waits"
    " Writes".split()
)
CLASS_ENDS = {"Here", "Shown", "Told", "Said", "Found", "Given", "First", "By", "Of", "For", "With"}


def product_modules():
    """List (path, text) of the modules of the product, but its migrations."""
    paths = [BASE / name for name in ("install.py", "manage.py")]
    for package in (*PACKAGES, "bench"):
        paths += (BASE / package).rglob("*.py")
    return [
        (str(path.relative_to(BASE)), path.read_text(encoding="utf-8"))
        for path in sorted(set(paths))
        if "migrations" not in path.parts
    ]


def public_functions():
    for path, text in product_modules():
        if not path.startswith("bench"):
            for node in ast.parse(text).body:
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


def short_lived(tree):
    """Return the nodes of the names of comprehensions and lambdas, which end with their line."""
    own = [one.target for one in ast.walk(tree) if isinstance(one, ast.comprehension)]
    own += [one.args for one in ast.walk(tree) if isinstance(one, ast.Lambda)]
    return {node for one in own for node in ast.walk(one)}


def columns_of(tree):
    """Return the names of columns, `told = models.CharField(…)`, and of an enum's members."""
    return {
        target
        for one in ast.walk(tree)
        if isinstance(one, ast.ClassDef)
        for line in one.body
        if isinstance(line, ast.Assign)
        for target in line.targets
    }


def names_of_dialect(source):
    """List the names that nobody would search for, and the verbs that the glossary forbids."""
    tree = ast.parse(source)
    for node in set(ast.walk(tree)) - short_lived(tree) - columns_of(tree):
        name = ""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name = node.name
            words = name.strip("_").split("_")
            if words[0] in VERBS or words[-1] == "room":
                yield name
        elif isinstance(node, ast.ClassDef):
            words = re.findall("[A-Z][a-z]*", node.name)
            if len(words) > 1 and (words[0] in DOES or words[-1] in CLASS_ENDS):
                yield node.name
        if name.strip("_").lower() in DIALECT:
            yield name


def test_a_name_is_the_usual_word_of_what_it_holds():
    """Hundreds were called found, said or told: nobody found them by searching."""
    planted = """
class Row:
    told = column()
    left: int
    def said(self, of): return [found for found in self]
def keep_row(row, *late):
    for over, (SHOWN, rest) in row: by = lambda left: left
def committee_room(): ...
class FindsTowns: ...
class FiltersAsShown: ...
class StatusFilter: ...
class Notices: ...
"""

    wrong = {path: sorted(names_of_dialect(text)) for path, text in product_modules()}

    assert sorted(names_of_dialect(planted)) == sorted(
        [
            "FiltersAsShown",
            "FindsTowns",
            "SHOWN",
            "by",
            "committee_room",
            "keep_row",
            "late",
            "left",
            "of",
            "over",
            "said",
        ]
    )
    assert {path: names for path, names in wrong.items() if names} == {}


def test_no_module_is_over_400_lines_and_no_function_over_60():
    modules = product_modules()
    functions = [
        (f"{path}: {node.name}", node.end_lineno - node.lineno + 1)
        for path, text in modules
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert len(modules) > 400
    assert [path for path, text in modules if text.count("\n") > 400] == []
    assert [name for name, lines in functions if lines > 60] == []


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


def called(node):
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def out_of_reach(source):
    """List the calls whose text makemessages does not see: in an f-string, or not written out."""
    tree = ast.parse(source)
    f_strings = [one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr)]
    calls = [
        inner
        for one in f_strings
        for inner in ast.walk(one)
        if called(inner) in ("_", "gettext", "pgettext")
    ]
    calls += [
        one
        for one in ast.walk(tree)
        if called(one) in ("ngettext", "ngettext_lazy")
        and not all(isinstance(words, ast.Constant) for words in one.args[:2])
    ]
    return [ast.unparse(one) for one in calls]


def test_every_text_to_translate_is_where_makemessages_sees_it():
    """Counts under the figures were in English in French: the catalogues had lost them."""
    planted = "f\"{_('EUR')} 3\"\ndef counted(one, more):\n    return ngettext(one, more, 2)"

    wrong = {path: out_of_reach(text) for path, text in product_modules()}

    assert out_of_reach(planted) == ["_('EUR')", "ngettext(one, more, 2)"]
    assert {path: found for path, found in wrong.items() if found} == {}
