"""The figures of a selection, in the language of the test."""

from impact.figures import SECTIONS
from impact.figures.counting import Counting
from impact.figures.flows import counted_flows


def impact_of(asked, now):
    """Count everything for a selection, in a fixed number of queries."""
    return Counting(asked, now, SECTIONS).impact(counted_flows)
