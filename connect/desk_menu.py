"""The navigation of the desk: its pages by task, in the order of the programme's work.

A list stands under one task, named by its model; every list of the desk stands somewhere, which a
test holds. What a reader may not open is not shown to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.apps import apps
from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from connect.cached_counts import cached_value
from connect.desk_home import QUEUES
from connect.permissions import ask_ties_once
from connect.types import SignedInRequest, User, Words

COUNTED_FOR = 60  # seconds
MayView = Callable[[type[Model]], bool]


@dataclass(frozen=True)
class Page:
    """A page of the desk that is no list of rows. right: what its reader must be allowed."""

    words: Words
    name: str
    right: str = ""


@dataclass(frozen=True)
class Section:
    """The pages of one task. pages: models by label, for their lists, and other pages."""

    words: Words
    icon: str
    pages: tuple[str | Page, ...]


@dataclass(frozen=True)
class Entry:
    """A line of the menu as a reader sees it."""

    words: Words
    address: str
    is_here: bool


@dataclass(frozen=True)
class Group:
    """A section as a reader sees it: its pages, and how much waits for the team in its lists."""

    words: Words
    icon: str
    entries: list[Entry]
    waiting: int

    @property
    def address(self) -> str:
        return self.entries[0].address

    @property
    def is_here(self) -> bool:
        return any(entry.is_here for entry in self.entries)


MENU = (
    Section(_("Applications"), "file", ("applications.dossier", "applications.call")),
    Section(
        _("Matching"),
        "scan",
        (
            "matching.dossiertomatch",
            "matching.match",
            "matching.calltoshare",
            "matching.calltorank",
            "matching.matchrun",
            "matching.outcomereport",
        ),
    ),
    Section(_("Exchanges"), "swap", ("exchanges.exchange", "exchanges.incident")),
    Section(_("Results"), "chart", ("practices.practice", Page(_("Exports"), "admin:exports"))),
    Section(
        _("People"),
        "people",
        (
            "accounts.user",
            Page(_("Add a colleague"), "admin:accounts_user_colleague"),
            "registry.expert",
            "registry.offer",
            "registry.membership",
            "registry.authority",
            "registry.association",
            Page(_("Personal data of a person"), "admin:accounts_user_look_up"),
            Page(_("What will be erased in the next days"), "admin:accounts_user_goes"),
            "accounts.closing",
            "accounts.erasure",
            "accounts.lostfactor",
        ),
    ),
    Section(
        _("E-mails"),
        "mail",
        (
            "notifications.letter",
            "notifications.mailing",
            Page(_("E-mails in the next days"), "admin:notifications_letter_expected"),
            Page(
                _("E-mails that are held"),
                "admin:notifications_letter_held",
                "notifications.review_letter",
            ),
            Page(
                _("E-mail texts"),
                "admin:notifications_letter_words",
                "notifications.change_lettertext",
            ),
            "notifications.deadaddress",
        ),
    ),
    Section(
        _("Budget"),
        "money",
        (
            Page(_("Budget"), "admin:exchanges_budget_overview", "exchanges.view_budgetline"),
            "exchanges.budgetline",
            "exchanges.perdiem",
            "exchanges.rate",
        ),
    ),
    Section(
        _("Settings"),
        "cog",
        (
            "registry.theme",
            Page(_("Background jobs"), "admin:work"),
            "connect.link",
            "connect.reading",
            "connect.seal",
        ),
    ),
)


def list_address(model: type[Model]) -> str:
    """Return where the list of a model's rows stands on the desk."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def build_menu(request: SignedInRequest, may_view: MayView) -> list[Group]:
    """Return the sections of the desk that have a page for this reader."""
    sections = [(section, list(find_pages(request, section, may_view))) for section in MENU]
    addresses = [address for _section, pages in sections for _words, address in pages]
    here = max(filter(request.path.startswith, addresses), key=len, default="")
    waiting = cached_value(
        f"desk_menu:{request.user.pk}", COUNTED_FOR, partial(count_waiting, request.user, may_view)
    )
    return [
        Group(
            section.words,
            section.icon,
            [Entry(words, address, address == here) for words, address in pages],
            sum(
                waiting.get(page if isinstance(page, str) else page.name, 0)
                for page in section.pages
            ),
        )
        for section, pages in sections
        if pages
    ]


def find_pages(
    request: SignedInRequest, section: Section, may_view: MayView
) -> Iterator[tuple[Words, str]]:
    """Yield (words, address) of the pages of a section that this reader may open."""
    for page in section.pages:
        if isinstance(page, Page):
            if not page.right or request.user.has_perm(page.right):
                yield page.words, reverse(page.name)
        elif may_view(model := apps.get_model(page)):
            yield model._meta.verbose_name_plural, list_address(model)


@ask_ties_once()
def count_waiting(user: User, may_view: MayView) -> dict[str, int]:
    """Return {a list, by its model, or another page: how many rows stand in its queues}."""
    waits: defaultdict[tuple[str, type[Model]], Q] = defaultdict(Q)
    for queue in QUEUES:
        if may_view(queue.model):
            page = queue.page or queue.model._meta.label_lower
            waits[page, queue.model] |= Q(pk__in=queue.rows(user).order_by().values("pk"))
    return {
        page: model._default_manager.filter(rows).count() for (page, model), rows in waits.items()
    }
