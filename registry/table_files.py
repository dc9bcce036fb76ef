"""Reads the rows of a CSV or XLSX file within limits, in a process of its own."""

import codecs
import io
from contextlib import closing, contextmanager
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset

from connect.exports import original_cell
from connect.sandbox import COMMON, parse_file

UNPACKED = 100 * 1024 * 1024  # bytes that an uploaded table may hold once unzipped
MOST_CELLS, TRUSTED_CELLS = 300_000, 100_000_000  # of a table uploaded, and from a command
MOST_ROWS = 5000  # of a table that is uploaded: whoever waits for its preview holds a web process
WESTERN, CENTRAL = "cp1252", "cp1250"  # letters that the same bytes may stand for
READ_AS = {
    WESTERN: gettext_lazy(
        "This table is not written in UTF-8: it was read as one of Western Europe. Look whether "
        "all names are right; if they are not, read it as one of Central Europe, or save it as "
        "XLSX and choose it again."
    ),
    CENTRAL: gettext_lazy(
        "This table is not written in UTF-8: it was read as one of Central Europe. Look whether "
        "all names are right; if they are not, read it as one of Western Europe, or save it as "
        "XLSX and choose it again."
    ),
}
# One of LibreOffice (.ods) is zipped as XLSX is: saved again as it is, it would be no other.
UNREADABLE = gettext_lazy(
    "This table cannot be read: open it in your spreadsheet, save it as XLSX, and choose it again."
)
DOUBTS_SHOWN = 5


def detect_kind(file):
    """Return the type of a table by its first bytes; its name may say anything."""
    start = file.read(4)
    file.seek(0)
    if start == b"\xd0\xcf\x11\xe0":
        words = _("This is a workbook of an old kind (.xls): save it as XLSX, and choose it again.")
        raise ValidationError(words, code="xls")
    return "xlsx" if start == b"PK\x03\x04" else "csv"


def detect_encoding(file, otherwise):
    """Return the encoding of a CSV: UTF-8 or UTF-16, or else the chosen one."""
    try:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while chunk := file.read(2**20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return otherwise
    finally:
        file.seek(0)
    return "utf-8-sig"


def column_name(cell):
    """Return the normalised name of a column, as for “Geonames ID”."""
    return "_".join(str(cell).replace("_", " ").split()).casefold()


@contextmanager
def read_rows(file, limits, cells, letters=WESTERN):
    """Return (headers, {encoding: remark}, rows) of a CSV or XLSX file; rows are lazy.

    Each row is (its number in the file, its cells), as wide as the headers; those of blanks are
    none. letters: those of a CSV whose bytes do not tell them. Raises ValidationError for a file
    that cannot be read within its limits. The process that reads it ends with the context, whatever
    is raised within: its owner may send the next file.
    """
    kind, remarks, options = detect_kind(file), {}, {}
    if kind == "xlsx":
        options["unpacked"] = UNPACKED * limits.memory // COMMON.memory
    else:
        encoding = options["encoding"] = detect_encoding(file, letters)
        remarks = {encoding: READ_AS[encoding]} if encoding in READ_AS else {}
    try:
        with closing(parse_file(kind, file, limits, cells=cells, **options)) as parsed:
            pieces = enumerate(parsed, 1)
            rows = ([column_name(cell) for cell in row] for _number, row in pieces if row)
            headers = next(rows, [])
            yield headers, remarks, filled_rows(pieces, len(headers))
    except ValidationError as refusal:
        if getattr(refusal, "code", "") != "unreadable":
            raise
        raise ValidationError(UNREADABLE, code="unreadable") from None


def filled_rows(pieces, width):
    for number, row in pieces:
        if len(row) > width:
            words = _("row %d: it has more cells than the table has columns.") % number
            raise ValidationError(words, code="wide")
        if row:
            yield number, [*map(original_cell, row), *[""] * (width - len(row))]


def make_dataset(headers, remarks, rows):
    """Return a dataset of rows that knows their numbers in the file."""
    dataset = Dataset(*(cells for _number, cells in rows), headers=headers)
    dataset.numbers, dataset.remarks = [number for number, _cells in rows], list(remarks.values())
    dataset.doubtful = list(islice(doubtful_words(rows, *remarks), DOUBTS_SHOWN))
    return dataset


def doubtful_words(rows, letters=None):
    """Yield (word, the same in the other encoding) of words in doubtful encoding."""
    other, seen = {WESTERN: CENTRAL, CENTRAL: WESTERN}.get(letters), set()
    if other is None:
        return
    for word in (w for _number, cells in rows for cell in cells for w in str(cell).split()):
        if not word.isascii() and word not in seen:
            seen.add(word)
            otherwise = word.encode(letters, "replace").decode(other, "replace")
            if otherwise != word:
                yield word, otherwise


def read_dataset(content, letters=WESTERN):
    """Return an uploaded table as a whole dataset."""
    with read_rows(io.BytesIO(content), COMMON, MOST_CELLS, letters) as (headers, remarks, rows):
        first = list(islice(rows, MOST_ROWS + 1))
    if not first:
        words = _(
            "No row was found in this file: it may be damaged, or no table. Open it in your "
            "spreadsheet, save it as XLSX, and choose it again."
        )
        raise ValidationError(words, code="no_rows")
    if len(first) > MOST_ROWS:
        words = _(
            "This table has more than %d rows: import it as several, each with the "
            "line of column names, or whole, on the server, with the command import_table."
        )
        raise ValidationError(words % MOST_ROWS, code="rows")
    return make_dataset(headers, remarks, first)


class SafeXLSX(XLSX):
    """XLSX, read in a process of its own."""

    def create_dataset(self, in_stream):
        return read_dataset(in_stream)


class SafeCSV(CSV):
    """CSV, read in a process of its own, which decodes it as well."""

    letters = WESTERN

    def is_binary(self):
        return True

    def get_read_mode(self):
        return "rb"

    def create_dataset(self, in_stream):
        return read_dataset(in_stream, self.letters)


class CentralCSV(SafeCSV):
    """CSV in the encoding of Polish, Czech or Romanian, if so chosen."""

    letters = CENTRAL

    def get_title(self):
        return _("csv, with the letters of Central Europe")
