"""A CSV file as records, each with the number of its line; nothing is interpreted.

Python's own reader: it counts lines, and it can say which row has too many cells and which quotation mark is never
closed.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from mooring.kit.refused import Refused

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
UNNAMED = "(first column)"


def start_of(path: Path) -> bytes:
    """The first bytes, which tell what kind of file it is. Raises Refused when there is none to read."""
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise Refused(str(path), f"it cannot be read ({error.strerror})", "Check the path.") from error


def require_utf8(path: Path) -> None:
    """Raises Refused for text in sixteen bits or more, with or without its mark, as some spreadsheets write it."""
    start = start_of(path)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in start:
        raise Refused(str(path), "it is UTF-16 text", "Save it as “CSV UTF-8”.")


def separator_of(path: Path) -> str:
    """The character that parts the header into most cells."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline(1_000_000)
    counts = {mark: _cells(line, mark) for mark in SEPARATORS}
    return max(counts, key=lambda mark: counts[mark])


def _cells(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        # A cell beyond the reader's limit: a line that is so wide is not parted by this mark.
        return 0


def header(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns; raises Refused when one has none, or two have the same."""
    columns = tuple(name.strip() for name in names)
    if not any(columns):
        raise Refused(str(path), "it is empty", "The first row names the columns.")
    # R writes row names without a heading.
    columns = (columns[0] or UNNAMED, *columns[1:])
    seen: set[str] = set()
    for place, name in enumerate(columns, start=1):
        if not name:
            raise Refused(f"{path}, row 1", f"column {place} has no name", "Name it, or remove it.")
        if name in seen:
            raise Refused(f"{path}, row 1", f"two columns are called “{name}”", "Give each its own name.")
        seen.add(name)
    return columns


def records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record, the header first, with the line it begins on. Raises Refused naming the row."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=separator, strict=True)
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise Refused(
            f"{path}, row {_undecodable(path)}", "a character is not UTF-8", "Save the file as “CSV UTF-8”."
        ) from error
    except csv.Error as error:
        raise Refused(
            f"{path}, row {line}", f"the quotation marks do not pair ({error})", "Close or remove the odd one."
        ) from error


def _undecodable(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1
