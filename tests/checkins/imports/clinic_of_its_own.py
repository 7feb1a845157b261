"""A clinic in a folder of its own, used through the command line by other processes, as it is in life."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLINIC = "00000000-0000-0000-0000-0000000000c1"
SET_UP = f"""
import django; django.setup()
from datetime import UTC, datetime
from uuid import UUID
from mooring.people.models import CareRelation, Client, Clinic, Course, Membership, Participation, User
from mooring.web.serving import prepare
prepare(print)
since = datetime(2025, 1, 1, tzinfo=UTC)
clinic = Clinic.objects.create(pk=UUID("{CLINIC}"), name="Quayside Practice", zone="Europe/Berlin")
alice = User.objects.create_user("alice@example.org", None, id=UUID(int=1))
Membership.objects.create(pk=UUID(int=2), clinic=clinic, user=alice, role="clinician", since=since)
client = Client.objects.create(pk=UUID(int=3), clinic=clinic, code="C-S")
course = Course.objects.create(pk=UUID(int=4), clinic=clinic, since=since)
part = Participation.objects.create(pk=UUID(int=5), clinic=clinic, course=course, client=client)
CareRelation.objects.create(pk=UUID(int=6), clinic=clinic, participation=part, clinician=alice, since=since)
"""


@dataclass
class OwnClinic:
    room: Path

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: held for name, held in os.environ.items() if not name.startswith("MOORING_")}
        return {
            **inherited,
            "MOORING_DATA": str(self.room / "data"),
            "MOORING_SECRET_KEY": "for this test alone, and for nothing else",
            "DJANGO_SETTINGS_MODULE": "mooring.web.settings",
        }

    def python(self, program: str, *words: str) -> subprocess.Popen[str]:
        """Start a program in that clinic; it can be written to."""
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", program, *words]
        return subprocess.Popen(command, env=self.environment, text=True, stdin=pipe, stdout=pipe, stderr=pipe)

    def importing(self, file: Path, *words: str) -> subprocess.Popen[str]:
        """Start `mooring import`."""
        command = [sys.executable, "-m", "mooring.cli", "import", str(file), "--clinic", CLINIC]
        command += ["--clinician", "alice@example.org", "--yes", *words]
        return subprocess.Popen(
            command, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def query(self, text: str) -> list[tuple[Any, ...]]:
        """Read the database file directly."""
        connection = sqlite3.connect(f"file:{self.room / 'data' / 'mooring.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(text).fetchall()
        finally:
            connection.close()


def founded(room: Path) -> OwnClinic:
    """A clinic with Alice and one living client."""
    own = OwnClinic(room)
    room.mkdir(parents=True, exist_ok=True)
    finished(own.python(SET_UP))
    return own


def finished(process: subprocess.Popen[str]) -> str:
    """What it printed; fails with its complaint when it ended badly."""
    out, complaint = process.communicate(timeout=300)
    assert process.returncode == 0, out[-2000:] + complaint[-4000:]
    return out
