"""What may be said on the command line of `mooring measure import`. No Django here."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bringing:
    """Everything that was said; see the command's help."""

    file: Path
    clinic: str
    by: str
    key: str = ""
    title: str = ""
    of: str = ""
    order: str = "own"
    place: tuple[str, ...] = ()
    compared: str = ""
    scale: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    turned: str = ""
    harm: str = ""
    before: str = ""
    example: tuple[str, ...] = ()
    unscored: str = ""
    terms: str = ""
    attest: bool = False
    language: str = ""
    part: str = ""
    dry_run: bool = False
