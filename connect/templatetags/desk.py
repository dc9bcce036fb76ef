"""Template tags of the desk's lists."""

from typing import Any

from django import template
from django.template import Context

from connect.models import SavedFilter

register = template.Library()


@register.simple_tag(takes_context=True)
def saved_filters(context: Context, changelist: Any) -> list[SavedFilter]:
    """Return the filters of a list that its reader has saved."""
    return list(
        SavedFilter.objects.filter(user=context["request"].user, model=changelist.opts.label_lower)
    )
