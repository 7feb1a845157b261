"""The files of a folder or a zip, in memory and by their own names. Nothing is unpacked to the disk."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import Path, PurePosixPath

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits

MEMBERS = 600
TOTAL = 5_000_000
"""Bytes of all members together, unpacked."""
PASSED_OVER = re.compile(r"(^|/)(__MACOSX/|\.)|(^|/)(LICENSE|README)", re.IGNORECASE)
DRIVE = re.compile(r"^[A-Za-z]:")
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Files = dict[str, bytes]


def of_zip(data: bytes, file: str) -> Files:
    """The members of a zip. Raises CatalogueError naming the member."""
    limits.require_size(data, file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive, file)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, CatalogueError):
            raise
        raise CatalogueError(file, "", f"is no zip that can be read: {error}", "Pack the folder anew") from None
    except Exception as error:  # zlib.error has no base of its own
        if type(error).__module__ != "zlib":
            raise
        raise CatalogueError(file, "", f"is a damaged zip: {error}", "Pack the folder anew") from None


def _members(archive: zipfile.ZipFile, file: str) -> Files:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MEMBERS:
        raise CatalogueError(file, "", f"{len(infos)} files", f"Pack one activity: at most {MEMBERS}")
    found: Files = {}
    left = TOTAL
    for info in infos:
        name = _name(info.filename, file)
        mode = info.external_attr >> 16
        if mode and stat.S_ISLNK(mode):
            raise CatalogueError(file, name, "is a link to another file", "Pack the file itself")
        if info.flag_bits & 0x1:
            raise CatalogueError(file, name, "is locked with a password", "Pack it without one")
        if info.compress_type not in PLAIN:
            raise CatalogueError(file, name, "is packed in a rare way", "Pack it as an ordinary zip")
        if name in found:
            raise CatalogueError(file, name, "is in the zip twice", "Pack it once")
        # What a member says of its own size may be untrue: no more than is left is ever unpacked.
        with archive.open(info) as member:
            content = member.read(min(left, limits.FILE) + 1)
        if len(content) > min(left, limits.FILE):
            raise CatalogueError(file, name, "unpacks to more than a questionnaire needs", "Pack the activity alone")
        left -= len(content)
        if not PASSED_OVER.search(name):
            found[name] = content
    return found


def _name(written: str, file: str) -> str:
    # The zip's own reading turns backslashes on some systems only.
    path = PurePosixPath(written)
    if "\\" in written or DRIVE.match(written) or path.is_absolute() or ".." in path.parts or "\x00" in written:
        raise CatalogueError(file, written[:120], "leads out of the zip", "Pack the folder anew")
    return str(path)


def of_folder(folder: Path) -> Files:
    """The files of a folder. Links are refused. Raises CatalogueError naming the file."""
    found: Files = {}
    left = TOTAL
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise CatalogueError(str(folder), name, "is a link to another file", "Put the file itself there")
        if not path.is_file() or PASSED_OVER.search(name):
            continue
        if len(found) >= MEMBERS:
            raise CatalogueError(str(folder), "", f"more than {MEMBERS} files", "Give the folder of one activity")
        with path.open("rb") as member:
            content = member.read(min(left, limits.FILE) + 1)
        if len(content) > min(left, limits.FILE):
            raise CatalogueError(str(folder), name, "is larger than a questionnaire needs", "Give the activity alone")
        left -= len(content)
        found[name] = content
    return found
