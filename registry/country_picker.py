"""The choice of several countries: a box each, by continent, those chosen on top.

A list of 249 lines in which one plain press empties the choice is not for people. It works without
JavaScript; with it, a box above narrows the names (static/pick.js).
"""

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from connect.countries import countries_by_name
from registry.enums import Continent
from registry.reference import continent_by_country


class CountryPicker(forms.CheckboxSelectMultiple):
    """Boxes of all countries, in the order of their names in the reader's language."""

    def group_choices(self, chosen: set[str]) -> list[tuple[str, list[tuple[str, str]]]]:
        """List (heading, [(code, name)]): the chosen countries, then the others by continent."""
        named, continents = countries_by_name(), continent_by_country()
        labels = dict(Continent.choices)
        groups: dict[str, list[tuple[str, str]]] = {str(label): [] for label in labels.values()}
        other = _("Elsewhere")
        for code, name in named:
            if code not in chosen:
                label = str(labels.get(continents.get(code, ""), other))
                groups.setdefault(label, []).append((code, name))
        top = [(code, name) for code, name in named if code in chosen]
        return [(_("Chosen"), top), *((label, some) for label, some in groups.items() if some)]

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(map(str, self.format_value(value)))
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "groups": self.group_choices(chosen),
            "number": len(chosen),
        }
        return render_to_string("registry/country_picker.html", context)
