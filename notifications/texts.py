"""Letters in staff's own words: placeholders in braces, checked, filled from the letter's facts.

A text of staff's is no template: a placeholder is a name in braces that stands for one fact of the
letter, or for a passage that stays in our words because it is a list or depends on the case, and
nothing else can be reached from it.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template import Context, Engine, Template
from django.template.base import Node, NodeList, TextNode, TokenType, VariableNode
from django.template.defaulttags import ForNode, IfNode, LoadNode, TemplateLiteral
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from connect.transitions import by_officer
from connect.types import User
from notifications.models import Letter, LetterText

FOLDER = Path(settings.BASE_DIR) / "templates" / "letters"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
ALWAYS = {"name", "contact"}


def letter_names() -> list[str]:
    """List the letters that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.txt") if not path.stem.startswith("_"))


def letter_template(name: str) -> Template:
    return Engine.get_default().get_template(f"letters/{name}.txt")


def is_simple_node(node: Node) -> bool:
    """True for a simple node: no list, plural or condition except for an optional fact."""
    match node:
        case TextNode() | LoadNode() | VariableNode() | TranslateNode():
            return True
        case BlockTranslateNode():
            return not node.plural
        case IfNode(conditions_nodelists=[(TemplateLiteral(), inner)]):
            return all(is_simple_node(one) for one in inner)
    return False


def letter_passages(name: str) -> dict[str, Node]:
    """Return the parts of a letter that staff cannot change, by placeholder: lists and cases."""
    found: dict[str, Node] = {}
    about: Any
    for node in letter_template(name).nodelist:
        match node:
            case node if is_simple_node(node):
                continue
            case ForNode():
                about = node.sequence
            case BlockTranslateNode():
                about = node.counter
            case IfNode():
                condition: Any = node.conditions_nodelists[0][0]
                about = condition.text
        before = sum(name.startswith(f"our_{about}") for name in found)
        found[f"our_{about}{f'_{before + 1}' if before else ''}"] = node
    return found


def fact_names(nodes: Iterable[Node]) -> set[str]:
    """Return the names of the facts in the simple part of a letter's template."""
    found: set[str] = set()
    for node in nodes:
        if not is_simple_node(node):
            continue
        if isinstance(node, VariableNode):
            found.add(str(node.filter_expression.var))
        elif isinstance(node, BlockTranslateNode):
            tokens = [token for token in node.singular if token.token_type == TokenType.VAR]
            found |= {token.contents.split("|")[0] for token in tokens}
        elif isinstance(node, IfNode):
            for _condition, inner in node.conditions_nodelists:
                found |= fact_names(inner)
    return found


def letter_placeholders(name: str) -> set[str]:
    """Return the placeholders that a text of this letter may use."""
    return fact_names(letter_template(name).nodelist) | letter_passages(name).keys() | ALWAYS


def render_nodes(template: Template, nodes: Iterable[Node], context: dict[str, Any]) -> str:
    held = Context(context, autoescape=False)
    with held.render_context.push_state(template), held.bind_template(template):
        return "".join(str(node.render_annotated(held)) for node in nodes)


def our_placeholders(name: str, context: dict[str, Any]) -> dict[str, str]:
    """Return {placeholder: its text in our template with these facts}."""
    template = letter_template(name)
    return {
        placeholder: render_nodes(template, [node], context).strip()
        for placeholder, node in letter_passages(name).items()
    }


def default_text(name: str, language: str) -> tuple[str, str]:
    """Return (subject, body) of our template, with each fact as its placeholder."""
    template = letter_template(name)
    ours = {
        node: TextNode(f"{{{placeholder}}}") for placeholder, node in letter_passages(name).items()
    }
    held = {fact: f"{{{fact}}}" for fact in letter_placeholders(name)}
    with translation.override(language):
        text = render_nodes(template, [ours.get(node, node) for node in template.nodelist], held)
    subject, _line, body = text.strip().partition("\n")
    return subject, body.strip()


class Dot(str):
    """A stand-in for a fact and its attributes, as in `row.question`."""

    __slots__ = ()

    def __getitem__(self, part: Any) -> str:
        return self


class Dots(dict):
    """Stand-in facts of a letter: dots for each, two of what is counted, one of a list."""

    def __init__(self, nodes: NodeList) -> None:
        said: list[Any] = nodes.get_nodes_by_type(BlockTranslateNode)
        super().__init__({str(node.counter): 2 for node in said if node.plural})
        loops: list[Any] = nodes.get_nodes_by_type(ForNode)
        for node in loops:
            row = [self.get(name, Dot("…")) for name in node.loopvars]
            self[str(node.sequence)] = [row if len(row) > 1 else row[0]]

    def __contains__(self, fact: object) -> bool:
        return True

    def __missing__(self, fact: str) -> str:
        return Dot("…")


def describe_letter(name: str, language: str) -> tuple[str, str]:
    """Return how staff know a letter: its subject, and its first words."""
    template = letter_template(name)
    context = Context()
    context.dicts.append(Dots(template.nodelist))
    with (
        translation.override(language),
        context.render_context.push_state(template),
        context.bind_template(template),
    ):
        text = "".join(str(node.render_annotated(context)) for node in template.nodelist)
    subject, *paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    return subject, next(iter(paragraphs[1:]), "")


def fill_placeholders(text: str, context: dict[str, Any]) -> str:
    """Replace a text's placeholders by a letter's facts and drop empty lines.

    A line all of whose facts are lacking is left out with its words, as “Costs: {costs}”.
    """
    lines = [line for line in text.split("\n") if says_something(line, context)]
    words = "\n".join(lines)
    return collapse_empty_lines(
        PLACEHOLDER.sub(lambda found: str(context.get(found[1], "")), words)
    )


def says_something(line: str, context: dict[str, Any]) -> bool:
    used = PLACEHOLDER.findall(line)
    return not used or any(str(context.get(fact, "")).strip() for fact in used)


def collapse_empty_lines(text: str) -> str:
    """Reduce empty lines between paragraphs to one."""
    return re.sub(r"\n[ \t]*\n\s*\n", "\n\n", text).strip()


def check_letter_text(name: str, subject: str, body: str) -> None:
    """Raise ValidationError for a text that could not be sent as this letter."""
    allowed = letter_placeholders(name)
    wrong = {}
    for field, text in (("subject", subject), ("body", body)):
        used = set(PLACEHOLDER.findall(text))
        if unknown := sorted(used - allowed):
            message = _("This letter knows nothing of: %s")
            wrong[field] = message % ", ".join(f"{{{one}}}" for one in unknown)
    if "name" in PLACEHOLDER.findall(subject):
        wrong["subject"] = _("No name in a subject: others see it on a screen.")
    if "\n" in subject.strip():
        wrong["subject"] = _("A subject is one line.")
    if "link" in allowed and "link" not in PLACEHOLDER.findall(body):
        wrong["body"] = _("The letter leads to a page: it needs {link}.")
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def save_letter_text(
    name: str, language: str, *, subject: str, body: str, actor: User, now: datetime | None = None
) -> LetterText:
    """Save staff's text of a letter; letters already written keep theirs.

    Raises PermissionDenied for anybody but an officer, ValidationError for a text that cannot be.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    if name not in letter_names() or language not in dict(settings.LANGUAGES):
        raise ValidationError(_("There is no such letter."), code="letter")
    check_letter_text(name, subject, body)
    text, _made = LetterText.objects.update_or_create(
        template=name,
        language=language,
        defaults={
            "subject": subject.strip(),
            "body": body.strip(),
            "changed_at": now or timezone.now(),
            "changed_by": actor,
        },
    )
    return text


def reset_letter_text(name: str, language: str, *, actor: User) -> None:
    """Reset a letter's text to our template."""
    if not by_officer(actor, None):
        raise PermissionDenied
    LetterText.objects.filter(template=name, language=language).delete()


def staff_text(letter: Letter, context: dict[str, Any]) -> tuple[str, str] | None:
    """Return (subject, body) of a letter in staff's words; None where they have not changed it."""
    text = LetterText.objects.filter(template=letter.template, language=letter.language).first()
    if text is None:
        return None
    facts_said = context | our_placeholders(letter.template, context)
    return fill_placeholders(text.subject, facts_said), fill_placeholders(text.body, facts_said)
