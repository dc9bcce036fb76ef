"""Letters in staff's own words: placeholders in braces, checked, filled from the letter's facts.

A text of staff's is no template: a placeholder is a name in braces that stands for one fact of the
letter, and nothing else can be reached from it. Letters that list things or speak of several cases
are written in our templates alone.
"""

import re
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template import Context
from django.template.base import TextNode, TokenType, VariableNode
from django.template.defaulttags import IfNode, LoadNode, TemplateLiteral
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from connect.transitions import by_officer
from notifications.models import LetterText

FOLDER = Path(settings.BASE_DIR) / "templates" / "letters"
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
ALWAYS = {"name", "contact"}


def names():
    """List the letters that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.txt") if not path.stem.startswith("_"))


def nodes_of(name):
    return get_template(f"letters/{name}.txt").template.nodelist


def is_plain(nodes):
    """True if a letter says one thing: no list, no plural, no case but a fact that may lack."""
    for node in nodes:
        if isinstance(node, TextNode | LoadNode | VariableNode):
            continue
        if isinstance(node, BlockTranslateNode) and not node.plural:
            continue
        if isinstance(node, IfNode) and len(node.conditions_nodelists) == 1:
            condition, inner = node.conditions_nodelists[0]
            if isinstance(condition, TemplateLiteral) and is_plain(inner):
                continue
        return False
    return True


def is_editable(name):
    return name in names() and is_plain(nodes_of(name))


def facts(nodes):
    """Give the names of the facts that a letter's template uses."""
    found = set()
    for node in nodes:
        if isinstance(node, VariableNode):
            found.add(str(node.filter_expression.var))
        elif isinstance(node, BlockTranslateNode):
            tokens = [token for token in node.singular if token.token_type == TokenType.VAR]
            found |= {token.contents.split("|")[0] for token in tokens}
        elif isinstance(node, IfNode):
            for _condition, inner in node.conditions_nodelists:
                found |= facts(inner)
    return found


def placeholders(name):
    """Give the placeholders that a text of this letter may use."""
    return facts(nodes_of(name)) | ALWAYS


def usual(name, language):
    """Give (subject, body) of our template, with each fact as its placeholder."""
    held = {fact: f"{{{fact}}}" for fact in placeholders(name)}
    template = get_template(f"letters/{name}.txt").template
    with translation.override(language):
        text = template.render(Context(held, autoescape=False)).strip()
    subject, _line, body = text.partition("\n")
    return subject, body.strip()


def filled(text, context):
    """Put a letter's facts in the place of a text's placeholders; empty lines close up."""
    said = PLACEHOLDER.sub(lambda found: str(context.get(found[1], "")), text)
    return re.sub(r"\n{3,}", "\n\n", said).strip()


def check(name, subject, body):
    """Raise ValidationError for a text that could not be sent as this letter."""
    allowed = placeholders(name)
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
def keep(name, language, *, subject, body, actor, now=None):
    """Say a letter in staff's words from now on; letters already written keep theirs.

    Raises PermissionDenied for anybody but an officer, ValidationError for a text that cannot be.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    if not is_editable(name) or language not in dict(settings.LANGUAGES):
        raise ValidationError(_("This letter is written in our templates alone."), code="letter")
    check(name, subject, body)
    text, _made = LetterText.objects.update_or_create(
        template=name,
        language=language,
        defaults={
            "subject": subject.strip(),
            "body": body.replace("\r\n", "\n").strip(),
            "changed_at": now or timezone.now(),
            "changed_by": actor,
        },
    )
    return text


def forget(name, language, *, actor):
    """Go back to our template."""
    if not by_officer(actor, None):
        raise PermissionDenied
    LetterText.objects.filter(template=name, language=language).delete()


def said(letter, context):
    """Give (subject, body) of a letter in staff's words; None where they have not changed it."""
    text = LetterText.objects.filter(template=letter.template, language=letter.language).first()
    return (filled(text.subject, context), filled(text.body, context)) if text else None
