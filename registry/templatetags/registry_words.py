"""Codes of the registry in a reader's words."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from connect.languages import join_names, language_within
from registry.enums import LANGUAGES, Level
from registry.exchange_forms import EXCHANGE_FORMS

register = template.Library()


@register.filter
def working_language(code):
    """Return a language's name; not `language_name`, which Django's own filter of that name hides
    and which fails of the languages that Django is not translated into."""
    return LANGUAGES.get(code, code)


@register.filter
def working_language_within(code):
    """Return a language's name within a sentence."""
    return language_within(code)


@register.simple_tag
def find_topic_link(form):
    """Return the link to a search of topics, beside a form in which one has to choose some."""
    parts = {name.partition("_")[0] for name in form.fields} if form else set()
    if not parts & {"topic", "topics"}:
        return ""
    return format_html(
        '<p><a href="{}" target="_blank" rel="noopener">{}</a></p>',
        reverse("topics"),
        _("Find your topic by any word for it (new window)"),
    )


@register.filter
def level_name(level):
    return Level(level).label if level in Level.values else level


@register.filter
def languages_spoken(levels):
    """Return languages with their levels, in one line: the best first, then by their names.

    A JSON column keeps no order of its own, and sorted by their codes they stand in none.
    """
    order = list(Level.values)
    named = [(-order.index(level), str(working_language(code))) for code, level in levels.items()]
    return join_names(f"{name} {level_name(order[-place])}" for place, name in sorted(named))


@register.filter
def exchange_form_names(codes):
    """Return the names of forms of exchange, in one line."""
    return join_names(str(EXCHANGE_FORMS[code].label) for code in codes if code in EXCHANGE_FORMS)
