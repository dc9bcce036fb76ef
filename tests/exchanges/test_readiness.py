"""Every item of the readiness list is a row, by which a page shows it."""

from exchanges.enums import Readiness
from exchanges.readiness import REQUIREMENTS


def test_every_item_has_its_row_in_the_order_of_the_dates():
    days = [one.days for one in REQUIREMENTS.values()]
    assert (sorted(REQUIREMENTS), days) == (sorted(Readiness), sorted(days, reverse=True))
