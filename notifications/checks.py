"""System checks of letters: each has its template, is posted, and is in words of every language.

Those that read all our modules or every catalogue take more than a second: they run with
`manage.py check --deploy`, as `make lint` does, and not before each command.
"""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import to_locale

from connect.transitions import MACHINES
from notifications.texts import letter_names, our_words

# Functions that post a letter by the name of its template; others are found by their argument.
POSTING = {"post_letter": 0, "Notice": 0}
ARGUMENT = "template"


@register
def check_letters(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a letter of a transition that has no template."""
    return report_unknown(declared_names().difference(letter_names()))


@register("letters", deploy=True)
def check_posted_letters(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report any letter that is posted and has no template, and a template that nobody posts."""
    names, sources = letter_names(), product_sources()
    named = posted_names(sources)
    return report_unknown(unknown_names(named, names)) + [
        Error(
            f"Nobody posts the letter {name!r}.",
            hint=f"Delete templates/letters/{name}.txt, or post it.",
            id="notifications.E002",
        )
        for name in unposted_letters(names, declared_names() | named, sources)
    ]


def report_unknown(names: Iterable[str]) -> list[CheckMessage]:
    return [
        Error(
            f"The letter {name!r} is posted, and has no template.",
            hint=f"Write templates/letters/{name}.txt.",
            id="notifications.E001",
        )
        for name in sorted(names)
    ]


@register("letters", deploy=True)
def check_languages_of_letters(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a letter whose subject or text is in English in another language of the site."""
    return [
        Error(
            f"The letter {name!r} is not translated: {language}.",
            hint="Translate its template in locale/, and compile it (install.py).",
            id="notifications.E003",
        )
        for language in compiled_languages()
        for name in letter_names()
        if not is_translated(name, language)
    ]


def declared_names() -> set[str]:
    """Return the names of the letters of all transitions."""
    return {
        notice.template
        for machine in MACHINES
        for transition in machine.transitions.values()
        for notice in transition.notifies
    }


def product_sources() -> list[str]:
    """List the texts of our apps' modules, but their migrations and the samples of letters."""
    paths = [
        path
        for app in apps.get_app_configs()
        if Path(app.path).parent == Path(settings.BASE_DIR)
        for path in Path(app.path).rglob("*.py")
        if "migrations" not in path.parts and not path.name.startswith("sample_")
    ]
    return [path.read_text(encoding="utf-8") for path in sorted(paths)]


def posted_names(sources: Iterable[str]) -> set[str]:
    """Return the names of letters that calls write out; {} stands for what is filled in.

    They are those of `post_letter` and `Notice`, and of functions that hand on a `template`.
    """
    relevant = [one for one in sources if any(f"{name}(" in one for name in POSTING)]
    posting = dict(POSTING)
    for node in (node for text in relevant for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.FunctionDef) and hands_on(node):
            posting[node.name] = [one.arg for one in node.args.args].index(ARGUMENT)
    calls = re.compile(rf"\b({'|'.join(posting)})\(")
    trees = [ast.parse(one) for one in sources if calls.search(one)]
    return {
        name
        for tree in trees
        for node in ast.walk(tree)
        for value in given_values(node, posting)
        for name in written_names(value)
    }


def hands_on(function: ast.FunctionDef) -> bool:
    """True of a function that posts a letter of the template that it is given."""
    if ARGUMENT not in [one.arg for one in function.args.args]:
        return False
    called = {name_of_call(one) for one in ast.walk(function) if isinstance(one, ast.Call)}
    return not called.isdisjoint(POSTING)


def name_of_call(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def given_values(node: ast.AST, posting: dict[str, int]) -> list[ast.expr]:
    """List what a call gives as a template, or what a variable of that name is set to."""
    if isinstance(node, ast.Call) and (place := posting.get(name_of_call(node))) is not None:
        return node.args[place : place + 1] + [
            one.value for one in node.keywords if one.arg == ARGUMENT
        ]
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == ARGUMENT:
        return [node.value]
    return []


def written_names(value: ast.expr) -> list[str]:
    """List the names that an expression may come to, as far as they are written out."""
    if isinstance(value, ast.IfExp):
        return written_names(value.body) + written_names(value.orelse)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, ast.JoinedStr):
        return [
            "".join(
                getattr(one, "value", "") if isinstance(one, ast.Constant) else "{}"
                for one in value.values
            )
        ]
    return []


def matches(name: str, letter: str) -> bool:
    """True if a name, in which {} stands for anything, may be that of a letter.

    >>> matches("consent_{}", "consent_expert"), matches("consent", "consent_expert")
    (True, False)
    """
    return re.fullmatch(re.escape(name).replace(r"\{\}", ".+"), letter) is not None


def unknown_names(named: Iterable[str], letters: Iterable[str]) -> set[str]:
    return {name for name in named if not any(matches(name, letter) for letter in letters)}


def unposted_letters(
    letters: Iterable[str], named: Iterable[str], sources: Iterable[str]
) -> list[str]:
    """List the letters that no call names, and no other line of the code (a table, a default)."""
    written = {word for text in sources for word in re.findall(r'"([a-z_]+)"', text)}
    return [
        letter
        for letter in letters
        if letter not in written and not any(matches(name, letter) for name in named)
    ]


def compiled_languages() -> list[str]:
    """List the languages whose catalogue is compiled as it is.

    A fresh clone has none, and one that was just updated has those of before: neither is to keep
    the command that runs the checks, as `migrate`, from its work.
    """
    return [
        code
        for code, _name in settings.LANGUAGES
        if code != settings.LANGUAGE_CODE and is_compiled(code)
    ]


def is_compiled(language: str) -> bool:
    folder = Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES"
    source, compiled = folder / "django.po", folder / "django.mo"
    if not (source.exists() and compiled.exists()):
        return False
    return compiled.stat().st_mtime >= source.stat().st_mtime


def is_translated(letter: str, language: str) -> bool:
    """True if neither the subject nor the text of a letter is as in English, but for its facts."""
    ours, theirs = our_words(letter, settings.LANGUAGE_CODE), our_words(letter, language)
    pairs = ((ours.subject, theirs.subject), (ours.body, theirs.body))
    return all(
        one != other or not re.search(r"\w", re.sub(r"\{[^}]*\}", "", one)) for one, other in pairs
    )
