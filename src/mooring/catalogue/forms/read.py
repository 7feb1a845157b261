"""Which format a file is, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits
from mooring.catalogue.forms.archive import of_folder, of_zip
from mooring.catalogue.forms.fhir import of_resource
from mooring.catalogue.forms.questionnaire import Questionnaire
from mooring.catalogue.forms.redcap import is_dictionary, read_redcap
from mooring.catalogue.forms.reproschema import read_reproschema
from mooring.catalogue.forms.rows import rows
from mooring.catalogue.forms.table import read_table

ZIP = b"PK"
PDF = b"%PDF"
DOCUMENTS = frozenset({".xlsx", ".xls", ".ods", ".docx", ".doc", ".odt", ".rtf", ".pdf"})
KNOWN = (
    "Give a FHIR Questionnaire (JSON), a ReproSchema activity (zip), a REDCap data dictionary (CSV) or a table (CSV)"
)


@dataclass(frozen=True)
class Wanted:
    """What of a file is meant, where it holds more than one."""

    language: str = ""
    part: str = ""
    """The form of a dictionary, or the schema of several."""


def read(data: bytes, file: str, wanted: Wanted) -> Questionnaire:
    """The questionnaire of a file. Raises CatalogueError that names the place; nothing is kept."""
    limits.require_size(data, file)
    if data.startswith(PDF) or PurePath(file).suffix.lower() in DOCUMENTS:
        raise CatalogueError(
            file, "", "a spreadsheet, a text document or a PDF is not read", f"Save it as CSV. {KNOWN}"
        )
    if data.startswith(ZIP):
        return read_reproschema(of_zip(data, file), file, wanted.language, wanted.part)
    if PurePath(file).suffix.lower() in {".yaml", ".yml"}:
        raise CatalogueError(file, "", "YAML is not read", KNOWN)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _of_json(data, file)
    if data.lstrip()[:1] == b"<":
        raise CatalogueError(file, "", "XML is not read", KNOWN)
    given = rows(data, file)
    if is_dictionary(given[0]):
        return read_redcap(data, file, wanted.part, wanted.language)
    return read_table(data, file, wanted.language)


def read_path(path: Path, wanted: Wanted) -> Questionnaire:
    """The questionnaire of a file or a folder. Raises CatalogueError, or OSError when it cannot be read."""
    if path.is_dir():
        return read_reproschema(of_folder(path), path.name, wanted.language, wanted.part)
    with path.open("rb") as file:
        return read(file.read(limits.FILE + 1), path.name, wanted)


def _of_json(data: bytes, file: str) -> Questionnaire:
    found = limits.parse_json(data, file)
    if isinstance(found, dict) and "resourceType" not in found and ("@type" in found or "ui" in found):
        raise CatalogueError(file, "", "is one file of a ReproSchema activity", "Pack the whole folder as a zip")
    return of_resource(found, file)
