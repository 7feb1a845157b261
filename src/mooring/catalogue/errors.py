"""What is said when a measure's file is wrong."""

from __future__ import annotations


class CatalogueError(ValueError):
    """A measure cannot be used as written: which file, where in it, what is wrong, and how to mend it."""

    def __init__(self, file: str, place: str, problem: str, mend: str) -> None:
        self.file, self.place, self.problem, self.mend = file, place, problem, mend
        where = f"{file}: {place}" if place else file
        super().__init__(f"{where}: {problem}. {mend}{'' if mend.endswith('?') else '.'}")

    def __reduce__(self) -> tuple[type[CatalogueError], tuple[str, str, str, str]]:
        return CatalogueError, (self.file, self.place, self.problem, self.mend)
