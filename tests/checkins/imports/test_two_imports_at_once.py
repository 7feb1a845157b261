"""The same file imported twice at the same moment is there once, and nobody is refused."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from mooring.checkins.models import Block
from mooring.people.models import Client, Clinic
from tests.checkins.imports.trying import Tried, Trier

pytestmark = pytest.mark.usefixtures("real_transactions")


def test_two_imports_of_one_file_leave_it_there_once(clinic: Clinic, people: Any, tmp_path: Path) -> None:
    rows = "".join(f"P{n},2026-0{m}-05,{(n + m) % 20}\n" for n in range(40) for m in range(1, 5))
    start = Barrier(2)

    def one(number: int) -> Tried:
        room = tmp_path / str(number)
        room.mkdir()
        try:
            start.wait()
            return Trier(clinic, room)("id,date,gad7\n" + rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, range(2)))
    assert [tried.refused for tried in done] == ["", ""]
    assert sum(tried.loaded.people for tried in done) == 40
    assert Client.objects.filter(code__startswith="P").count() == 40
    assert Block.objects.count() == 160
