"""What each table holds of people, declared once: the copy of one's data, what goes when they are
erased, and what is seen of it beforehand, are all made from these lines.

Each app's `erasing.py` declares its own; a table that nobody declares fails a test.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from accounts.naming import NAMES, NOWHERE, PLACES, PersonMarks, have_word_in_common

HOLDINGS: list = []
MENTIONS: list = []
DEEDS_BY_LINK: list = []
# Tables in which nobody is named: reference data, keys, figures.
NAMELESS_TABLES: set = set()


@dataclass(frozen=True, eq=False)
class Holding:
    """Rows that belong to a person: how they are found, exported and erased.

    user, address: paths from the row to the account, and to addresses. name, number: columns that
    then hold the person's name and telephone number. shows: columns given in their copy beside
    these. blanks: what stands in a column once they are erased; files: columns whose files go;
    gives: columns whose files are in the copy too, but stay. words: by column, what gives
    [(label, words)] of a row where a column alone says little. deletes: the whole row goes. stays:
    why the rest stays. before, after: more to do around it, called with (rows, person) and with
    (keys, person). visible_rows: rows -> those of which their person knows, as they know them.
    """

    model: type[Model]
    what: Any
    user: tuple = ()
    address: tuple = ()
    name: tuple = ()
    number: tuple = ()
    shows: tuple = ()
    where: Q = field(default_factory=Q)
    blanks: dict = field(default_factory=dict)
    files: tuple = ()
    gives: tuple = ()
    words: dict = field(default_factory=dict)
    deletes: bool = False
    stays: Any = ""
    before: Callable | None = None
    after: Callable | None = None
    visible_rows: Callable[[QuerySet], Iterable[Any]] = iter

    def rows(self, person) -> QuerySet:
        """Return the rows of a person."""
        theirs = Q(pk__in=[])
        if person.user:
            for path in self.user:
                theirs |= Q(**{path: person.user.pk})
        for path in self.address:
            for address in person.addresses:
                theirs |= Q(**{f"{path}__iexact": address})
        rows = self.model._default_manager.filter(self.where & theirs)
        if person.until is not None:
            rows = rows.filter(pk__lte=person.until.get(self.model._meta.label, 0))
        return self.model._default_manager.filter(pk__in=rows.values("pk"))

    @property
    def columns(self):
        """The columns of its own table that are given in a copy."""
        own = {column.name for column in self.model._meta.concrete_fields}
        named = [path for path in (*self.name, *self.address, *self.number) if path in own]
        return [*dict.fromkeys([*named, *self.shows])]


@dataclass(frozen=True, eq=False)
class Mention:
    """Rows in which others may have written who a person is.

    scope: from a person to the rows to look at, for another may bear the same name. names, places:
    see `naming`. withheld: why what is said there of a person is not given to them; hides: columns
    of which the same is true, for staff or their writer alone read them. after: more to do with
    the keys of what changed, called with (keys, person).
    """

    model: type[Model]
    scope: Callable
    where: Q = field(default_factory=Q)
    names: frozenset = NAMES
    places: frozenset = PLACES
    withheld: Any = ""
    hides: frozenset = frozenset()
    after: Callable | None = None

    def rows(self, person) -> QuerySet:
        return self.model._base_manager.filter(self.where & self.scope(person))


@dataclass(frozen=True, eq=False)
class DeedByLink:
    """Steps of a timeline taken by a link, without an account: whose they are.

    address: the path from an event to the address that the link went to. at: the path to when its
    holder answered, beside that address, where several people may have taken such steps.
    """

    model: type[Model]
    verbs: tuple
    address: str
    at: str = ""

    def rows(self, person) -> QuerySet:
        theirs = Q(pk__in=[])
        for address in person.addresses:
            same = Q(at=F(self.at)) if self.at else Q()
            theirs |= same & Q(**{f"{self.address}__iexact": address})
        rows = self.model._base_manager.filter(theirs, verb__in=self.verbs, actor=None)
        return self.model._base_manager.filter(pk__in=rows.values("pk"))


def declare_holdings(*lines):
    """Register an app's holdings, mentions, and deeds by link."""
    kinds: dict = {Holding: HOLDINGS, Mention: MENTIONS, DeedByLink: DEEDS_BY_LINK}
    for line in lines:
        kinds[type(line)].append(line)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, or with an address alone.

    until: the last row of each table in which they are looked for, {label: key}; none: all.
    reads: only what they may read themselves is looked at, for they are given what is found.
    """

    user: User | None
    addresses: frozenset
    until: dict | None = None
    reads: bool = False

    @classmethod
    def from_user(cls, user):
        verified = EmailAddress.objects.filter(user=user, verified=True)
        addresses = {user.email, *verified.values_list("email", flat=True)}
        return cls(user, frozenset(one.lower() for one in addresses if one))

    @classmethod
    def from_address(cls, address):
        """Return whoever has an address: an account where there is one."""
        user = User.objects.filter(email__iexact=address).first()
        return cls.from_user(user) if user else cls(None, frozenset({address.strip().lower()}))

    @property
    def replacement(self):
        """The placeholder of an erased address; it identifies the account's rows again."""
        return f"erased-{self.user.pk}@{NOWHERE}" if self.user else f"erased@{NOWHERE}"

    @cached_property
    def marks(self):
        """All that identifies them: what they said of themselves, and what their rows say."""
        names: set[str] = set()
        numbers: set[str] = set()
        for holding in HOLDINGS:
            for columns, values in ((holding.name, names), (holding.number, numbers)):
                for column in columns:
                    values.update(holding.rows(self).values_list(F(column), flat=True).distinct())
        return PersonMarks(frozenset(names), self.addresses, frozenset(numbers), self.replacement)

    def as_reader(self):
        """Return the same person, limited to the rows that they may read."""
        return replace(self, reads=True)

    def readable(self, rows):
        """Filter rows tied to their account to those that they may read today."""
        if not self.reads:
            return rows
        return rows.for_user(self.user) if self.user else rows.none()

    @cached_property
    def known_marks(self):
        """The marks by which they are looked for in texts of others: no name chosen to that end.

        Whoever has an account may call themselves anything, there and wherever they type a
        contact: the name that has stood counts, and what shares a word with it.
        """
        names, marks = self.marks.names, self.marks
        if self.user:
            standing = self.user.established_name(timezone.now())
            names = {one for one in names if have_word_in_common(one, standing)} | {standing}
        return PersonMarks(frozenset(names), marks.addresses, marks.numbers, marks.replacement)

    def rows_by_name(self):
        """Yield (holding, rows) of everybody who has one of their names."""
        for holding in HOLDINGS:
            named = Q(pk__in=[])
            own = {column.name for column in holding.model._meta.concrete_fields}
            for column in own.intersection(holding.name):
                for name in self.known_marks.names:
                    named |= Q(**{f"{column}__iexact": name})
            yield holding, holding.model._base_manager.filter(named)

    def namesake_rows(self):
        """Yield (holding, rows) of other people who have one of their names."""
        for holding, others in self.rows_by_name():
            for line in HOLDINGS:
                if line.model is holding.model:
                    others = others.exclude(pk__in=line.rows(self).values("pk"))
            yield holding, others

    @cached_property
    def namesake_addresses(self):
        """The addresses of other people who have one of their names."""
        addresses: set = set()
        for holding, rows in self.rows_by_name():
            others = rows.exclude(pk__in=holding.rows(self).values("pk")).order_by()
            for path in holding.address:
                addresses.update(others.values_list(F(path), flat=True).distinct())
        return frozenset(one.casefold() for one in addresses if one) - self.addresses

    @cached_property
    def is_alone(self):
        """True if nobody else in the database has one of their names."""
        return not any(others.exists() for _line, others in self.namesake_rows())

    @cached_property
    def namesakes(self):
        """List other accounts with one of their names; a name that was just taken does not count.

        Who has an address alone may be the same person: the address beside a name tells them apart.
        """
        users: set = set()
        for holding, others in self.namesake_rows():
            for path in holding.user:
                users.update(others.order_by().values_list(path, flat=True))
        now, names = timezone.now(), {name.casefold() for name in self.known_marks.names}
        return [
            Person.from_user(user)
            for user in User.objects.filter(pk__in=users - {None}).order_by("pk")
            if user.established_name(now).casefold() in names
        ]
