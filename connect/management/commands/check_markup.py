"""`python manage.py check_markup`: finds where data could become markup (run by `make lint`).

Pages escape what they show. These are the ways around it: a help text or label composed of data,
for libraries print those as they are; text that is marked as safe; templates that do not escape.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

HELP, LABELS = {"help_text", "help_texts"}, {"label", "labels"}
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
ESCAPES = {"format_html", "format_html_join", "escape", "conditional_escape"}
MARKS = {"mark_safe", "SafeString", "SafeText", "html_safe"}
MESSAGES = {"success", "info", "warning", "error", "debug", "add_message", "message_user"}
ONLY_NUMBERS = re.compile(r"^([^%]|%%|%(\(\w+\))?d)*$")
# What a template would need to print data as markup.
UNESCAPED = re.compile(r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off")
# Who may: file, line of code, and nothing else.
ALLOWED = {
    # JSON whose three characters of markup are escaped by the line before.
    ("connect/templatetags/look.py", "mark_safe(text)"),
    # Plain text, which a letter's HTML escapes as a whole (templates/letters/letter.html).
    ("notifications/texts.py", "Context(context, autoescape=False)"),
    ("notifications/letter_text.py", "Context(context, autoescape=False)"),
}


def called_name(node: ast.Call) -> str:
    """Return the name that a call calls: "format_html", "mark_safe"; "" for none."""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


class Reader(ast.NodeVisitor):
    """Collects [(line, what is wrong)] of one module."""

    def __init__(self) -> None:
        self.wrong: list[tuple[int, str]] = []
        self.assigned: list[dict] = [{}]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:  # noqa: N802 - the visitor's name for it
        names: dict = {}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign):
                for target in inner.targets:
                    if isinstance(target, ast.Name):
                        names.setdefault(target.id, []).append(inner.value)
        self.assigned.append(names)
        self.generic_visit(node)
        self.assigned.pop()

    def is_text(self, node: ast.AST) -> bool:
        """True for words of ours, escaped data, or a name that holds one of these.

        A parameter is taken on trust: whoever calls is read too.
        """
        match node:
            case ast.Constant() | ast.Starred():
                return True
            case ast.Name(id=name):
                return all(self.is_text(value) for value in self.assigned[-1].get(name, []))
            case ast.IfExp(body=one, orelse=other):
                return self.is_text(one) and self.is_text(other)
            case ast.BoolOp(values=values):
                return all(map(self.is_text, values))
            case ast.Dict(values=values):
                return all(map(self.is_text, values))
            case ast.DictComp(value=value):
                return self.is_text(value)
            case ast.BinOp(op=ast.BitOr(), left=one, right=other):
                return self.is_text(one) and self.is_text(other)
            case ast.BinOp(op=ast.Mod(), left=words):
                return self.is_text(words) and bool(ONLY_NUMBERS.match(constant_of(words)))
            case ast.Attribute(attr="help_text"):
                return True
            case ast.Call() if called_name(node) == "format_lazy":
                return all(map(self.is_text, node.args))
            case ast.Call():
                return called_name(node) in GETTEXT | ESCAPES and self.is_text(node.args[0])
        return False

    def is_composed(self, node: ast.AST) -> bool:
        """True for a text put together from others: f"…", "…" % x, "…".format(x), "…" + x."""
        match node:
            case ast.JoinedStr() | ast.BinOp(op=ast.Add()):
                return True
            case ast.BinOp(op=ast.Mod()):
                return not self.is_text(node)
            case ast.Call():
                return called_name(node) in ("format", "join")
            case ast.Dict(values=values):
                return any(map(self.is_composed, values))
            case ast.IfExp(body=one, orelse=other):
                return self.is_composed(one) or self.is_composed(other)
            case ast.Name(id=name):
                return any(self.is_composed(value) for value in self.assigned[-1].get(name, []))
        return False

    def check(self, name: str | None, value: ast.expr) -> None:
        if name in HELP and not self.is_text(value):
            self.note(value, "data in a help text: compose it with format_html")
        if name in LABELS and self.is_composed(value):
            self.note(value, "a label composed of data: compose it with format_html")

    def visit_keyword(self, node: ast.keyword) -> None:
        self.check(node.arg, node.value)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:  # noqa: N802
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                self.check(target.attr, node.value)
            elif isinstance(target, ast.Name) and target.id in ("help_texts", "labels"):
                self.check(target.id, node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:  # noqa: N802
        name = called_name(node)
        if name in MARKS:
            self.note(node, f"{name}: nothing is marked as safe")
        if name == "format_html" and not (node.args and self.is_text(node.args[0])):
            self.note(node, "format_html of what is no literal")
        if name in MESSAGES and any(
            isinstance(inner, ast.Call) and called_name(inner) in MARKS | {"format_html"}
            for argument in [*node.args, *(one.value for one in node.keywords)]
            for inner in ast.walk(argument)
        ):
            self.note(node, "a message is text, and escaped where it is shown")
        for one in node.keywords:
            if one.arg == "autoescape":
                self.note(node, "autoescape off")
            if one.arg == "extra_tags" and "safe" in ast.unparse(one.value).lower():
                self.note(node, "a message marked as safe")
        self.generic_visit(node)

    def note(self, node: ast.expr, words: str) -> None:
        self.wrong.append((node.lineno, f"{words} – {ast.unparse(node)[:80]}"))


def constant_of(node: ast.AST) -> str:
    """The words of a literal or of a gettext call around one."""
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    return str(node.value) if isinstance(node, ast.Constant) else "%s"


def find_wrong_code(source: str, path: str = "") -> list[tuple[int, str]]:
    """List [(line, what is wrong)] of a module's source."""
    reader = Reader()
    reader.visit(ast.parse(source))
    return [
        (line, words)
        for line, words in sorted(set(reader.wrong))
        if not any(path == file and words.endswith(code) for file, code in ALLOWED)
    ]


def find_wrong_template(source: str) -> list[tuple[int, str]]:
    return [
        (number, f"a template that does not escape – {line.strip()[:80]}")
        for number, line in enumerate(source.splitlines(), start=1)
        if UNESCAPED.search(line)
    ]


READ = {".py", ".html", ".txt"}
NOT_OURS = {".venv", "var", "tests", "bench", "migrations"}


def find_wrong() -> Iterator[str]:
    """Yield "file:line what is wrong" for all code and templates of the project."""
    base = Path(settings.BASE_DIR)
    for path in sorted(base.rglob("*")):
        file = path.relative_to(base)
        if path.suffix not in READ or NOT_OURS & set(file.parts) or not path.is_file():
            continue
        if path.suffix == ".py":
            faults = find_wrong_code(path.read_text(), file.as_posix())
        else:
            faults = find_wrong_template(path.read_text())
        for line, words in faults:
            yield f"{file}:{line} {words}"


class Command(BaseCommand):
    help = "Fails where data could reach a page as markup."

    def handle(self, **options: Any) -> None:
        wrong = list(find_wrong())
        for line in wrong:
            self.stdout.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} places where data could become markup.")
        self.stdout.write("No data reaches a page as markup.")
