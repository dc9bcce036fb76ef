"""Feeds that stay well formed, and inert, whatever their rows hold."""

from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from connect.characters import clean_texts


class Atom(Atom1Feed):
    def add_item(  # type: ignore[override]  # what else an item has, we name
        self, title: str, link: str, description: str, **more: Any
    ) -> None:
        # Readers take the summary for HTML: what was typed is text, and escaped once more.
        super().add_item(*clean_texts([title, link, escape(description)]), **clean_texts(more))
