"""Cases scored by hand from the key, against a second scorer that shares nothing with the program's own."""

import pytest

from mooring.catalogue import Golden, Instrument, keys, load

CASES = [(key, case) for key in keys() for case in load(key).golden]


def score(measure: Instrument, form: str, answers: tuple[int | None, ...], scale: str) -> float | None:
    given = dict(zip(measure.forms[form].items, answers, strict=True))
    asked = [item for item in measure.items if item.code in given and item.code in measure.scale(scale).items]
    values = [(item, given[item.code]) for item in asked]
    turned = [(item.minimum + item.maximum - v if item.reversed else v) for item, v in values if v is not None]
    if len(turned) < measure.scale(scale).missing.share * len(asked) - 1e-9:
        return None
    mean = sum(turned) / len(turned)
    return mean if measure.scale(scale).score == "mean" else mean * len(asked)


@pytest.mark.parametrize(("key", "case"), CASES, ids=[f"{key}-{case.name}" for key, case in CASES])
def test_hand_scored_case(key: str, case: Golden) -> None:
    measure = load(key)
    assert case.how
    assert set(case.scores) == {scale.code for scale in measure.scales}
    for scale, expected in case.scores.items():
        found = score(measure, case.form, case.answers, scale)
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-6))


@pytest.mark.parametrize("key", [key for key in keys() if load(key).scales])
def test_every_measure_has_a_plain_and_an_incomplete_case(key: str) -> None:
    cases = load(key).golden
    assert any(None not in case.answers for case in cases)
    assert any(None in case.scores.values() for case in cases)
