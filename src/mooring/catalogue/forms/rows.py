"""The rows of a CSV file, each with the line it begins on."""

from __future__ import annotations

import csv
import io

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits

DELIMITERS = (",", ";", "\t")
COLUMNS = 100


class Row(dict[str, str]):
    """Column in small letters → what stands there; empty where nothing does."""

    def __init__(self, cells: dict[str, str], line: int) -> None:
        super().__init__(cells)
        self.line = line

    def at(self, column: str) -> str:
        """The cell's place, for an error."""
        return f"line {self.line}, {column}"

    def first(self, *columns: str) -> str:
        """What stands in the first of these columns that the file has."""
        return next((self[column] for column in columns if column in self), "")


def rows(data: bytes, file: str) -> list[Row]:
    """Every row that holds something. Raises CatalogueError with the line."""
    limits.require_size(data, file)
    text = limits.text_of(data, file)
    header_line = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[Row] = []
    names: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise CatalogueError(
                file, f"line {line}", f"cannot be read as CSV: {error}", "Mend the quotes there"
            ) from None
        if not names:
            names = _header(cells, file)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            raise CatalogueError(
                file,
                f"line {line}",
                f"{len(cells)} cells under {len(names)} headings",
                "Put a text with commas in quotes",
            )
        padded = [*cells, *[""] * (len(names) - len(cells))]
        found.append(Row(dict(zip(names, (cell.strip() for cell in padded), strict=True)), line))
        if len(found) > 2 * limits.QUESTIONS:
            raise CatalogueError(
                file, f"line {line}", f"more than {2 * limits.QUESTIONS} rows", "Split it into its measures"
            )
    if not found:
        raise CatalogueError(file, "", "holds no row under the headings", "Write a row for each question")
    return found


def _header(cells: list[str], file: str) -> list[str]:
    names = [" ".join(cell.split()).lower() for cell in cells]
    if len(names) > COLUMNS:
        raise CatalogueError(file, "line 1", f"{len(names)} columns", "Keep those that describe questions")
    for name in names:
        if name and names.count(name) > 1:
            raise CatalogueError(
                file, "line 1", f"the heading “{name[:60]}” stands there twice", "Name each column once"
            )
    return [name or f"column {i}" for i, name in enumerate(names, start=1)]
