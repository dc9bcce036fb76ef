"""Feeds that stay well formed, and inert, whatever their rows hold."""

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from connect.characters import clean_all


class Atom(Atom1Feed):
    def add_item(self, title, link, description, **more):
        # Readers take the summary for HTML: what was typed is text, and escaped once more.
        super().add_item(*clean_all([title, link, escape(description)]), **clean_all(more))
