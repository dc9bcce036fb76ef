"""docs/security.md says of each hole, check and requirement how it is met, and every test that it
names is there."""

import ast
import re

from connect.local.places import BASE

PAGE = (BASE / "docs" / "security.md").read_text()
# The requirements of OWASP ASVS 5.0 at levels 1 and 2: chapter.section.numbers.
ASVS = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6
3.5.1-5 3.7.1-2 4.1.1-3 4.2.1 4.3.1-2 4.4.1-4 5.1.1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12
6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2
8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2
10.7.1-3 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1 12.1.1-3 12.2.1-2 12.3.1-4 13.1.1
13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 16.1.1 16.2.1-5
16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
CHECKS = {"A": 10, "Z": 10, "I": 9, "S": 6, "C": 6, "E": 8, "K": 12, "L": 4, "R": 3, "P": 7}
HOLES = {"H": 36, "D": 5}
ID = re.compile(r"\b[AZISCEKLRPHD][0-9]{1,2}\b")


def numbered(counts):
    return [f"{letter}{n}" for letter, count in counts.items() for n in range(1, count + 1)]


def requirements():
    for word in ASVS.split():
        section, _, numbers = word.rpartition(".")
        first, _, last = numbers.partition("-")
        for number in range(int(first), int(last or first) + 1):
            yield f"{section}.{number}"


def rows(part):
    """Give (ids, what holds, how it is tried) of each row of a part of the page."""
    text = re.split(r"^## ", PAGE, flags=re.MULTILINE)[part]
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith(("| id", "|--")):
            ids, *cells = (cell.strip() for cell in line.strip("|").split(" | "))
            yield ids.split(", "), cells[0], cells[-1].rstrip("| ")


def ids_of_tests():
    """Give the ids that docstrings of tests name, as in `H6: …`."""
    found = set()
    for path in (BASE / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if isinstance(node, ast.Module) or (named and node.name.lower().startswith("test")):
                found |= set(ID.findall((ast.get_docstring(node) or "").partition(":")[0]))
    return found


def test_every_hole_check_and_requirement_has_one_row():
    told = [sorted(one for ids, *_ in rows(part) for one in ids) for part in (1, 2, 3)]

    wanted = [numbered(HOLES), numbered(CHECKS), requirements()]
    assert told == [sorted(ids) for ids in wanted]


def test_each_hole_and_check_that_is_not_left_open_is_tried_by_a_test_of_its_id():
    tried = ids_of_tests()
    untried = [ids[0] for ids, *_ in rows(1) if ids[0] not in tried]
    untried += [ids[0] for ids, _what, how in rows(2) if how == "test" and ids[0] not in tried]

    assert untried == []


def test_what_a_requirement_names_as_its_test_is_there():
    tried, missing = ids_of_tests(), []
    for ids, _what, how in rows(3):
        if how.startswith(("open: ", "reason: ")):
            continue
        for one in how.split(", "):
            if not (one in tried or (one.startswith("tests/") and (BASE / one).is_file())):
                missing.append((ids[0], one))

    assert missing == []
