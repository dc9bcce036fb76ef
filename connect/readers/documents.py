"""The tables of a Word document: what stands in the first and the last cell of each row."""

import encodings.cp437  # noqa: F401 - how zip archives name their files
from collections.abc import Iterator
from typing import BinaryIO

from docx import Document
from refusal import check_zipped


def docx(file: BinaryIO, unpacked: int) -> Iterator[list[str]]:
    check_zipped(file, unpacked)
    for table in Document(file).tables:
        for row in table.rows:
            cells = row.cells
            if len(cells) > 1:
                yield [cells[0].text, cells[-1].text]
