"""Whatever a file holds and whatever is said about it: it comes in, or a sentence says why not and nothing did."""

import random
from collections.abc import Sequence
from typing import Any

from mooring.checkins.models import CheckIn
from tests.checkins.imports.trying import Trier

COLUMNS = [
    *("id", "person", "date", "day", "week", "when", "start", "about", "item", "answer", "measure", "age"),
    *("phq9_1", "phq9_9", "phq9_w0", "phq9_1_w4", "gad7", "gad7_w4", "core_2", "core_10", "ecr_3", "ecrr_1"),
    *("ecrrs_1", "ecrrs_mother_7", "sec_safe_1", "csi16_1"),
]
SOUND = {"id": ["A1", "A2", "B3"], "date": ["2026-01-05", "2026-02-05"], "gad7": ["1", "12"], "phq9_9": ["0", "2"]}
CELLS = [
    *("", "1", "2", "3", "0", "-1", "99", "2026-01-05", "05/06/2025", "13.01.2025", "2026-01-05T10:00Z", "NA", "nan"),
    *("inf", "1,5", "2.5", "1e400", "A1", "A2", "mum", "Robin", "phq9_9", "PHQ-9", "item 3", "x" * 80, "Anna Schmidt"),
    *('q"uote', "ü", "core_2", "total"),
]


def file_of(chance: random.Random) -> str:
    columns = list(dict.fromkeys(["id", "date", *chance.sample(COLUMNS, chance.randint(1, 6))]))
    separator = chance.choice(",;\t")
    offered = [
        SOUND[name] if name in SOUND and chance.random() < 0.8 else chance.sample(CELLS, chance.randint(1, 5))
        for name in columns
    ]
    rows = [[chance.choice(cells) for cells in offered] for _ in range(chance.randint(1, 12))]
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    return "\n".join([separator.join(columns), *(separator.join(row) for row in quoted)]) + "\n"


def said(chance: random.Random) -> dict[str, Any]:
    options: dict[str, Any] = {
        "start": "2025-01-01",
        "dates": chance.choice(["days", "weeks", "iso", "day-first", "undated"]),
        "on": "2025-01-01",
        "duplicates": chance.choice(["first", "last", "separate"]),
        "person": "id",
        "missing": ["NA", "-1"],
        "prefix": "p-",
        "join": True,
    }
    return {name: held for name, held in options.items() if chance.random() < 0.4}


def test_no_file_is_a_crash(attempt: Trier) -> None:
    imported = 0
    for seed in range(200):
        chance = random.Random(seed)
        asked: list[str] = []

        def ask(text: str, choices: Sequence[str], chance: random.Random = chance, asked: list[str] = asked) -> str:
            asked.append(text)
            assert len(asked) < 60, f"it asks for ever: {text}"
            return chance.choice(list(choices) or ["2025-02-02", "1", "id"])

        before = CheckIn.objects.count()
        tried = attempt(file_of(chance), ask=chance.choice([None, ask]), **said(chance))
        imported += tried.loaded is not None
        assert tried.loaded is not None or (tried.refused and CheckIn.objects.count() == before), f"seed {seed}"
    assert imported, "some of them are sound"
