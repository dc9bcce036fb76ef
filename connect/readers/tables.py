"""The rows of a table, CSV or XLSX: numbers as they are, days as ISO writes them."""

import csv as csv_format
import encodings.cp437  # noqa: F401 - how zip archives name their files
import encodings.utf_8_sig  # noqa: F401
import io
import sys

from refusal import Refused, check_zipped

sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, and needs it not

from openpyxl import load_workbook  # noqa: E402

PLAIN = (str, int, float, bool)


def xlsx(file, cells, unpacked):
    check_zipped(file, unpacked)
    # The values of cells and not their formulas.
    sheet = load_workbook(file, read_only=True, data_only=True).active
    empty = 0
    for row in counted(map(filled, sheet.values), cells):
        if row:
            yield from [[]] * empty
            yield row
        empty = 0 if row else empty + 1  # an empty row counts if another comes after it


def filled(row):
    """Give the values of a row up to its last one."""
    values = [value if isinstance(value, PLAIN) else said(value) for value in row]
    while values and values[-1] == "":
        values.pop()
    return values


def said(value):
    """Give a value that JSON has no word for."""
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


def csv(file, cells):
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    for row in counted(filter(None, csv_format.reader(text)), cells):
        if any("\x00" in cell for cell in row):
            raise Refused("unreadable")
        yield row


def counted(rows, most):
    """Yield rows until they hold more cells than that; a row counts as one as well."""
    for row in rows:
        most -= len(row) + 1
        if most < 0:
            raise Refused("cells")
        yield row
