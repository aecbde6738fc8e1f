"""How large a workbook really is, before it is opened: a zip archive may claim any size, and one cell far to the lower
right makes a reader lay out billions of empty ones. So it is unpacked once in small parts, counted, and thrown away.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

_PART = 1024 * 1024
_OVERLAP = 200
"""A cell's tag is shorter than this; it may lie across two parts."""
_CELL = re.compile(rb"<(?:\w+:)?c\s(?:[^<>]*\s)?r\s*=\s*[\"']([A-Z]{1,3})(\d{1,9})[\"'][^<>]*(?<!/)>")
"""A cell with something in it; rows that are only formatted to the end of the sheet are no rows."""


class Damaged(ValueError):
    """No zip archive, or one that does not unpack."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What an archive holds: bytes unpacked (counting stops at the limit), and the furthest cell of any sheet, from 1;
    0 where there is none.
    """

    unpacked_bytes: int
    rows: int
    columns: int


def extent(content: bytes, most_bytes: int) -> Extent:
    """Measure a workbook.

    Args:
        most_bytes: counting ends behind this many.

    Raises:
        Damaged: see there; encrypted parts too.
    """
    total, rows, letters = 0, 0, set[bytes]()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                entry.file_size = most_bytes + 2 * _PART  # what it claims is not believed: never reached
                with archive.open(entry) as part:
                    tail = b""
                    while some := part.read(_PART):
                        total += len(some)
                        if total > most_bytes:
                            return Extent(total, rows, _column(letters))
                        cells = _CELL.findall(tail + some)
                        letters.update(column for column, _row in cells)
                        rows = max(rows, max((int(row) for _column, row in cells), default=0))
                        tail = some[-_OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise Damaged(str(error)) from error
    return Extent(total, rows, _column(letters))


def _column(letters: set[bytes]) -> int:
    furthest = 0
    for name in letters:
        number = 0
        for letter in name:
            number = number * 26 + letter - 64
        furthest = max(furthest, number)
    return furthest
