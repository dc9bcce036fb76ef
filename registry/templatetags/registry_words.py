"""Codes of the registry in a reader's words."""

from django import template

from registry.enums import LANGUAGES, Level

register = template.Library()


@register.filter
def language_name(code):
    return LANGUAGES.get(code, code)


@register.filter
def level_name(level):
    return Level(level).label if level in Level.values else level
