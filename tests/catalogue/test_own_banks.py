"""Our own banks: counts, facets and reversals are those of the product's table."""

import re
from collections import Counter

import pytest

from mooring.catalogue import FIGURE, FULL, Instrument, keys, load

BANKS = [key for key in keys() if load(key).kind == "bank"]

# (measure, scale, range, facet → (items, reversed)) as the product's table of banks says.
TABLE = [
    (
        "attachment",
        "anxiety",
        (1, 7),
        {"loss": (6, 2), "reas": (6, 2), "vig": (6, 2), "worth": (6, 2)},
    ),
    (
        "attachment",
        "avoidance",
        (1, 7),
        {"close": (6, 3), "rely": (6, 3), "tell": (6, 3), "shut": (6, 3)},
    ),
    (
        "state-security",
        "security",
        (0, 10),
        {"safe": (4, 1), "seen": (4, 1), "soothed": (4, 1), "secure": (4, 1)},
    ),
    (
        "session-alliance",
        "alliance",
        (1, 5),
        dict.fromkeys(["bond", "goals", "tasks", "trust", "empathy", "collab"], (3, 1)),
    ),
    (
        "session-alliance-clinician",
        "alliance",
        (1, 5),
        {**dict.fromkeys(["bond", "goals", "tasks", "empathy", "collab"], (1, 0)), "trust": (1, 1)},
    ),
    (
        "distress",
        "distress",
        (1, 5),
        {**dict.fromkeys(["worry", "mood", "arousal", "sleep", "function"], (2, 0)), "coping": (2, 2)},
    ),
]

# Six items in all: there is nothing to shorten.
ONE_FORM = {"session-alliance-clinician"}


def statements() -> list[tuple[str, str, str]]:
    return [
        (key, code, text)
        for key in BANKS
        for wording in load(key).wording.values()
        for code, text in wording.items.items()
    ]


@pytest.mark.parametrize(("key", "scale", "limits", "facets"), TABLE)
def test_items_facets_ranges_and_reversals_are_the_products(
    key: str, scale: str, limits: tuple[int, int], facets: dict[str, tuple[int, int]]
) -> None:
    items = load(key).scored_items(scale)
    assert {(item.minimum, item.maximum) for item in items} == {limits}
    assert Counter(item.facet for item in items) == {name: n for name, (n, _) in facets.items()}
    assert Counter(item.facet for item in items if item.reversed) == {name: n for name, (_, n) in facets.items() if n}
    assert load(key).scale(scale).score == "mean"
    assert (load(key).scale(scale).minimum, load(key).scale(scale).maximum) == limits


@pytest.mark.parametrize(("key", "scale", "limits", "facets"), [row for row in TABLE if row[0] not in ONE_FORM])
def test_short_form_asks_one_item_of_each_facet_it_covers(
    key: str, scale: str, limits: tuple[int, int], facets: dict[str, tuple[int, int]]
) -> None:
    short = [item.facet for item in load(key).scored_items(scale, "short")]
    assert len(short) == len(set(short))
    assert set(short) == ({"worry", "mood", "sleep", "coping"} if scale == "distress" else set(facets))
    assert load(key).forms["short"].reason


def test_a_weekly_check_in_stays_within_sixteen_items() -> None:
    def asked(key: str) -> int:
        return len(load(key).forms["short"].items)

    base = asked("state-security") + asked("distress")
    assert (base + asked("attachment"), base + asked("session-alliance")) == (16, 14)


def test_anxiety_and_avoidance_have_no_bad_direction() -> None:
    assert {scale.direction for scale in load("attachment").scales} == {"none"}
    assert load("distress").scale("distress").direction == "worse"
    assert load("state-security").scale("security").direction == "better"
    assert load("session-alliance").scale("alliance").direction == "better"


def test_no_statement_of_ours_appears_twice() -> None:
    texts = [text.casefold() for _, _, text in statements()]
    assert len(texts) == len(set(texts))
    for key in BANKS:
        for wording in load(key).wording.values():
            assert len(set(wording.short.values())) == len(wording.short)


def test_statements_are_short_plain_and_gender_neutral() -> None:
    for key, code, text in statements():
        words = re.findall(r"[\w'’]+", text.replace(FIGURE, "my mother").casefold())
        assert len(words) <= 16, (key, code)
        assert max(map(len, words)) <= 13, (key, code)
        assert not {"he", "she", "him", "her", "his", "hers", "partner"} & set(words), code
        assert not load(key).per_figure or not {"they", "them", "their"} & set(words), code


def test_reading_age_is_about_grade_six() -> None:
    """Flesch and Kincaid's grade, with syllables counted as groups of vowels."""
    for key in BANKS:
        grades = []
        for text in load(key).wording["en"].items.values():
            words = re.findall(r"[a-z']+", text.replace(FIGURE, "my mother").casefold())
            syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<![l])e$", "", word)))) for word in words)
            grades.append(0.39 * len(words) + 11.8 * syllables / len(words) - 15.59)
        assert sum(grades) / len(grades) < 6
        assert max(grades) < 8


@pytest.mark.parametrize("figure", ["my mother", "Daniel", "my therapist", "people in general"])
def test_the_figure_stands_where_any_name_or_plural_reads_well(figure: str) -> None:
    """No possessive, and no verb that would have to agree with one person or with many."""
    for key, code, text in statements():
        if not load(key).per_figure:
            continue
        filled = load(key).wording["en"].statement(code, figure)
        assert figure in filled
        assert "{" not in filled
        after = text.split(FIGURE, 1)[1].split()
        assert not text.startswith(FIGURE)
        assert not text.split(FIGURE, 1)[1].startswith(("'", "’"))
        assert not after or after[0] not in {"is", "are", "was", "were", "has", "have", "does", "do"}, code


def test_short_names_have_at_most_four_words() -> None:
    for key in BANKS:
        for wording in load(key).wording.values():
            assert all(1 <= len(short.split()) <= 4 for short in wording.short.values())


def test_answers_have_a_stop_for_each_value() -> None:
    agreement = load("attachment").wording["en"].answers_to("anx_loss_1")
    assert [(stop.value, stop.label) for stop in agreement] == list(
        enumerate(
            [
                "Strongly disagree",
                "Disagree",
                "Slightly disagree",
                "In between",
                "Slightly agree",
                "Agree",
                "Strongly agree",
            ],
            start=1,
        )
    )
    stops = load("state-security").wording["en"].answers_to("sec_safe_1")
    assert [stop.value for stop in stops] == list(range(11))
    assert [stop.label for stop in stops if stop.label] == ["Not at all", "Completely"]


def test_timeframes() -> None:
    assert {key: load(key).wording["en"].timeframe for key in BANKS} == {
        "attachment": "this past month",
        "distress": "this past week",
        "distress-risk": "this past week",
        "session-alliance": "our last session",
        "session-alliance-clinician": "this session",
        "state-security": "this past week",
    }


def test_the_alliance_ends_with_one_thing_to_change() -> None:
    alliance = load("session-alliance")
    assert alliance.forms["short"].open == alliance.forms[FULL].open == ("one_thing",)
    assert alliance.wording["en"].open["one_thing"].endswith("?")


@pytest.mark.parametrize("key", BANKS)
def test_no_bank_claims_more_than_it_knows(key: str) -> None:
    bank = load(key)
    assert not bank.validated
    for scale in bank.scales:
        assert (scale.norms, scale.cutoffs, scale.reliable_change) == ((), (), ())
        assert (scale.missing.share, scale.missing.widen) == (0.5, True)
        for form in bank.forms:
            precision = bank.precision(scale.code, form)
            assert precision
            assert precision.status == "assumed"


# Assumed by decision, not measured: (reliability, sd) of each short form.
SHORT = {"security": (0.85, 2.0), "distress": (0.82, 0.85), "anxiety": (0.80, 1.2), "avoidance": (0.80, 1.2)}
SHORT["alliance"] = (0.85, 0.7)


@pytest.mark.parametrize("key", [key for key in BANKS if load(key).scales and key not in ONE_FORM])
def test_full_forms_are_the_short_ones_lengthened(key: str) -> None:
    """Spearman-Brown: r_k = k r / (1 + (k - 1) r); the true variance sd² r is the same in both."""
    bank = load(key)
    for scale in bank.scales:
        short, full = bank.precision(scale.code, "short"), bank.precision(scale.code)
        assert short
        assert full
        r, sd = SHORT[scale.code]
        assert (short.reliability, short.sd) == (r, sd)
        k = len(scale.items) / len(bank.scored_items(scale.code, "short"))
        assert full.reliability == pytest.approx(k * r / (1 + (k - 1) * r), abs=5e-4)
        assert full.sd == pytest.approx(sd * (r / (k * r / (1 + (k - 1) * r))) ** 0.5, abs=1e-3)


def test_the_therapist_answers_items_of_their_own() -> None:
    """A client's key is not reused for a therapist (Hatcher, Lindqvist & Falkenström 2019)."""
    theirs, ours = load("session-alliance-clinician"), load("session-alliance")
    assert not {item.code for item in theirs.items} & {item.code for item in ours.items}
    assert set(theirs.forms) == {FULL}
    precision = theirs.precision("alliance")
    assert precision
    # Assumed by decision, as for the client's short form of as many items.
    assert (precision.reliability, precision.sd) == SHORT["alliance"]


def test_the_risk_item_stands_alone_and_says_that_nobody_watches() -> None:
    risk = load("distress-risk")
    assert [item.code for item in risk.risk_items] == ["risk_suicide_1"]
    assert risk.scales == ()
    assert "Nobody is watching" in risk.wording["en"].before
    assert not any(load(key).risk_items for key in BANKS if key != "distress-risk")


def test_unknown_item_scale_and_form_are_refused_by_name() -> None:
    bank: Instrument = load("distress")
    with pytest.raises(KeyError, match="distress has no item 'dis_worry_9'"):
        bank.item("dis_worry_9")
    with pytest.raises(KeyError, match="distress has no scale 'mood'"):
        bank.scale("mood")
