"""Counts the figures of a selection at one moment, with one query for all of the same rows."""

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.utils import timezone

from exchanges.permissions import BEGUN
from impact.figures.definitions import Total
from impact.figures.shape import CountedFigure, CountedSection, Impact, make_table


class Scope:
    """The exchanges and dossiers of a selection, on a day."""

    def __init__(self, asked, now):
        self.every, self.dossiers = asked.exchanges(), asked.dossiers()
        self.held = self.every.filter(status__in=BEGUN)
        self.today = timezone.localdate(now)


class Counting(Scope):
    """Counts all definitions of some sections, in a fixed number of queries."""

    def __init__(self, asked, now, sections):
        super().__init__(asked, now)
        self.sections, self.known = sections, {}

    @cached_property
    def plan(self):
        """What is counted for each kind of rows: {rows: ({columns to group by}, {totals})}."""
        plan: dict = defaultdict(lambda: ({}, {}))
        for section in self.sections:
            for one in (*section.figures, *section.tables):
                for total in one.totals:
                    plan[total.rows][1].setdefault(total, f"total_{len(plan[total.rows][1])}")
            for one in section.tables:
                for total in one.totals if one.column else ():
                    plan[total.rows][0][one.column] = True
        return plan

    def compute_once(self, function):
        """Return what a function of this counting returns; it is called once."""
        if function not in self.known:
            self.known[function] = function(self)
        return self.known[function]

    def cells(self, rows):
        """Count rows by all columns of their tables at once."""
        if rows not in self.known:
            columns, totals = self.plan[rows]
            counted = rows.rows_in_scope(self).order_by()
            sums = {name: total.aggregate() for total, name in totals.items()}
            self.known[rows] = (
                list(counted.values(*columns).annotate(**sums))
                if columns
                else [counted.aggregate(**sums)]
            )
        return self.known[rows]

    def number(self, asked):
        """Return a total, or what a function counts."""
        if not isinstance(asked, Total):
            return self.compute_once(asked)
        name = self.plan[asked.rows][1][asked]
        return sum(cell[name] or 0 for cell in self.cells(asked.rows))

    def totals_by(self, total, column):
        """Return a total grouped by a column: {value: number}, without empty values."""
        name = self.plan[total.rows][1][total]
        sums: dict[Any, float] = defaultdict(int)
        for cell in self.cells(total.rows):
            sums[cell[column]] += cell[name] or 0
        return {value: number for value, number in sums.items() if number}

    def figure(self, one):
        """Count a figure."""
        value = self.number(one.counts)
        if one.share_of:
            value = one.ratio(value, self.number(one.share_of))
        elif isinstance(one.counts, Total) and one.counts.rows.are_euros:
            value = round(value)
        return CountedFigure(
            one.code,
            str(one.label),
            value,
            str(one.words),
            one.unit,
            one.kind,
            basis=self.number(one.basis) if one.basis else 0,
            public=self.number(one.public) if one.public else None,
            note=one.note(self) if one.note else "",
            in_halves=one.in_halves(self) if one.in_halves else None,
        )

    def table(self, one):
        """Count the rows of a table."""
        made = make_table(
            one.code,
            str(one.label),
            one.rows(self) if one.rows else self.rows(one),
            str(one.words),
            one.kind,
            in_order=one.in_order or bool(one.order),
        )
        return replace(made, note=one.note(self)) if one.note else made

    def rows(self, one):
        """List (label, count, key[, public]) of a table grouped by a column."""
        public = self.totals_by(one.public, one.column) if one.public else {}
        counted = self.totals_by(one.total, one.column).items()
        if one.order:
            counted = sorted(counted, key=lambda row: one.order.index(row[0]))
        elif one.in_order:
            counted = sorted(counted, key=lambda row: (row[0] is None, row[0]))
        rows = [(one.name(value), n, str(value or "")) for value, n in counted]
        if not one.public:
            return rows
        return [(*row, public.get(row[2], 0)) for row in rows]

    def impact(self, flows):
        """Count every figure and table of all sections."""
        return Impact(
            [
                CountedSection(
                    str(section.title),
                    [self.figure(one) for one in section.figures],
                    [self.table(one) for one in section.tables],
                )
                for section in self.sections
            ],
            self.compute_once(flows),
        )
