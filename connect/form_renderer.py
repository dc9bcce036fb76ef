"""How fields of forms are drawn: a limit is said, and never kept by the browser."""

from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.translation import gettext as _

DASHES = BLANK_CHOICE_DASH[0][1]  # Django's empty choice, which says nothing to hear


class FormRenderer(DjangoTemplates):
    """Draws widgets without `maxlength`: a browser would cut what is pasted without a word.

    A longer text is refused with its limit, and stays in its box. Under a text of several lines
    its characters are counted (static/typed.js). The empty choice of a list says “Choose”.
    """

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        attrs = context.get("widget", {}).get("attrs", {})
        most = attrs.pop("maxlength", None)
        if most and template_name.endswith("/textarea.html"):
            attrs.setdefault("data-most", most)
        for _group, options, _place in context.get("widget", {}).get("optgroups", []):
            for option in options:
                if option["label"] == DASHES:
                    option["label"] = _("Choose")
        return super().render(template_name, context, request)
