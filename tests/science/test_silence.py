"""Three due check-ins in a row without an answer are a silence."""

from __future__ import annotations

import pytest

from mooring.science.silence import Silence, silences

YES, NO = True, False


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ([], ()),
        ([YES, NO, NO, YES], ()),
        ([YES, NO, NO, NO], (Silence(1, 3, None),)),
        ([NO, NO, NO, NO, YES, NO], (Silence(0, 2, 4),)),
        ([NO, NO, NO, YES, NO, NO, NO], (Silence(0, 2, 3), Silence(4, 6, None))),
    ],
)
def test_runs_of_missed_check_ins(answered: list[bool], expected: tuple[Silence, ...]) -> None:
    assert silences(answered) == expected
