"""The rows of a table, CSV or XLSX: numbers as they are, days as ISO writes them.

A row of nothing but blanks is an empty one, so that the rows after it keep their number; those at
the end of a table are left out.
"""

import csv as csv_format
import encodings.cp437  # how zip archives name their files
import encodings.cp1250
import encodings.cp1252
import encodings.utf_8_sig
import encodings.utf_16  # noqa: F401
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any, BinaryIO

from refusal import ReadRefused, check_zipped

sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, and needs it not

from openpyxl import load_workbook  # noqa: E402

PLAIN = (str, int, float, bool)
SEPARATORS = ",;\t|"
# No word of Western Europe has three letters beyond A to Z on end, or such signs within, behind it
# or at its start, or a large letter within small ones: the text was written in the letters of
# another region, of DOS or of an old Mac. There an á is what is a no-break space here, which parts
# two words, but stands before no small letter, and at no end.
OTHER_LETTERS = re.compile(
    r"[À-ÖØ-öø-ÿŒœŠšŽžŸ]{3}"  # noqa: RUF001
    r"|[^\W\d_][¡-¦©¬®¯±³¶¸¹¼-¿×÷‚ƒ„†‡ˆ‰‹“”][^\W\d_]"  # noqa: RUF001
    r"|[^\W\d_][‚„†‡ˆ‰](?!\w)"  # noqa: RUF001
    r"|[^\W\d_][ŠŽŒ][a-zß-ÿ]"
    r"|[^\W\d_]\u00a0(?:[a-zß-ÿ]|$)"
    r"|(?<!\w)[£¥¬¯³¹¼-¾][^\W\d_]"  # noqa: RUF001
)


def xlsx(file: BinaryIO, cells: int, unpacked: int) -> Iterator[list[Any]]:
    check_zipped(file, unpacked)
    # The values of cells and not their formulas.
    sheet = load_workbook(file, read_only=True, data_only=True).active
    yield from limit_cells(sheet.values, cells)


def csv(file: BinaryIO, cells: int, encoding: str = "utf-8-sig") -> Iterator[list[Any]]:
    """Return the rows of a text whose columns are parted by a comma, semicolon, tab or bar."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        lines, begun = iter(text), []
        for line in lines:
            if line[:4].lower() == "sep=":  # which Excel writes first, and shows nobody
                continue
            begun.append(line)
            if line.strip(SEPARATORS + '" \r\n'):
                break
        separator = max(SEPARATORS, key="".join(begun[-1:]).count)
        rows = csv_format.reader(chain(begun, lines), delimiter=separator)
        for row in limit_cells(rows, cells):
            if any("\x00" in cell for cell in row):
                raise ReadRefused("unreadable")
            if encoding == "cp1252" and any(map(OTHER_LETTERS.search, row)):
                raise ReadRefused("letters")
            yield row
    except UnicodeDecodeError as error:
        raise ReadRefused("letters") from error


def trim_row(row: Iterable[Any]) -> list[Any]:
    """Return the values of a row up to its last one."""
    values = [value if isinstance(value, PLAIN) else plain_value(value) for value in row]
    while values and isinstance(values[-1], str) and not values[-1].strip():
        values.pop()
    return values


def plain_value(value: Any) -> str:
    """Return a value that JSON has no word for."""
    if isinstance(value, datetime) and value == datetime(value.year, value.month, value.day):
        value = value.date()  # a spreadsheet has days as instants at midnight
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


def limit_cells(rows: Iterable[Iterable[Any]], most: int) -> Iterator[list[Any]]:
    """Yield rows until they hold more cells than that; a row counts as one as well."""
    empty = 0
    for row in map(trim_row, rows):
        if not row:
            empty += 1  # it counts if another comes after it
            continue
        most -= empty + len(row) + 1
        if most < 0:
            raise ReadRefused("cells")
        yield from [[]] * empty
        yield row
        empty = 0
