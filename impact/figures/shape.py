"""What figures are made of: numbers, tables, flows between countries."""

from dataclasses import dataclass, field

LEAST = 3  # answers below which no mean is told
FEW = 5  # people below which they are not counted by what they are


@dataclass(frozen=True)
class Figure:
    """A number with its name and what it counts; `value` is None where too few answered."""

    code: str
    label: str
    value: float | int | None
    words: str
    unit: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    count: int | None  # None for a few people, who might be known by it
    share: float  # of the largest row, for the bar
    key: str = ""


@dataclass(frozen=True)
class Table:
    code: str
    label: str
    rows: list
    words: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    figures: list
    tables: list = field(default_factory=list)


@dataclass(frozen=True)
class Impact:
    sections: list
    flows: list

    @property
    def figures(self):
        return [figure for section in self.sections for figure in section.figures]

    @property
    def tables(self):
        return [table for section in self.sections for table in section.tables]


def table(code, label, counted, words=""):
    """Make a table of (label, count, key), the largest first; rows that count nothing go."""
    rows = [row for row in counted if row[1]]
    most = max((count for _label, count, _key in rows), default=1)
    rows.sort(key=lambda row: (-row[1], str(row[0])))
    return Table(code, label, [Row(str(a), n, n / most, key) for a, n, key in rows], words)


def summed(rows, place, at=-1):
    """Add up the counts of rows, which stand `at` a place, by the value of another: {value: n}."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row[place]] = counts.get(row[place], 0) + row[at]
    return counts


def without_few(made):
    """Hide the rows of a table of people that count fewer than five (check P5)."""
    rows = [row if row.count >= FEW else Row(row.label, None, 0, row.key) for row in made.rows]
    return Table(made.code, made.label, rows, made.words)


def share(part, whole):
    return round(100 * part / whole) if whole else None
