"""Template tags of reading help: what is offered, and a text with its translation.

`{% reading_help "offer" offers %}` stands above the texts, once; `{% translated offer.text %}` in
the place of each. Without a service both leave the page as it is.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from connect.languages import current_language, language_within
from connect.models import Translation, TranslationState
from connect.reading_help import MOST_ROWS, digest_of, find_reading_help
from connect.templatetags.look import direction
from connect.translators import find_translator

register = template.Library()


@register.inclusion_tag("_reading_help.html", takes_context=True)
def reading_help(context: Context, kind: str, row_or_rows: Any, form: str = "") -> dict[str, Any]:
    """Offer the texts of a row, or of rows, of a kind in the reader's language.

    form: the id of the page's own form, which its buttons take along: what is typed there stays.
    """
    request, translator = context.get("request"), find_translator()
    if request is None or translator is None or not request.user.is_authenticated:
        return {"help": None}
    rows = (
        row_or_rows
        if isinstance(row_or_rows, Sequence) or hasattr(row_or_rows, "iterator")
        else [row_or_rows]
    )
    named_rows = [(kind, row) for row in list(rows)[:MOST_ROWS]]
    there = find_reading_help(named_rows, request.user, current_language(), translator.name)
    kept = getattr(request, "translations", {})
    request.translations = kept | there.translations
    return {
        "help": there if there.foreign else None,
        "here": request.get_full_path(),
        "form": form,
        "anchor": f"reading-{kind}",
        "language": language_within(current_language()),
        "csrf_token": context.get("csrf_token", ""),
    }


def find_translation(context: Context, words: Any) -> Translation | None:
    request = context.get("request")
    kept = getattr(request, "translations", None)
    draft = kept.get(digest_of(str(words))) if kept else None
    return draft if draft and draft.state == TranslationState.DONE else None


@register.simple_tag(takes_context=True, name="translated")
def show_translated(context: Context, words: Any) -> SafeString:
    """Show a text; where it was translated the machine's draft, and the original one click away.

    It stands in an element that may hold blocks: no paragraph.
    """
    draft = find_translation(context, words)
    if draft is None:
        return conditional_escape(words)
    original = _("Original (%(language)s)") % {"language": language_within(draft.source)}
    return format_html(
        '<div class="machine" lang="{}" dir="{}"><span class="visually-hidden">{} </span>{}</div>'
        '<details class="more original"><summary>{}</summary><div lang="{}" dir="auto">{}</div>'
        "</details>",
        draft.target,
        direction(draft.target),
        _("Machine translation:"),
        draft.text,
        original if draft.source else _("Original"),
        draft.source,
        words,
    )


@register.simple_tag(takes_context=True)
def translated_title(context: Context, words: Any) -> SafeString | str:
    """Show the translation of a title below it, where there is one."""
    draft = find_translation(context, words)
    if draft is None:
        return ""
    return format_html(
        '<p class="machine" lang="{}" dir="{}"><span class="visually-hidden">{} </span>{}</p>',
        draft.target,
        direction(draft.target),
        _("Machine translation:"),
        draft.text,
    )
