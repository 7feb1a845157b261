"""What the simulations say, as the docs page, its pictures, and the figures that the library quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mooring.charts.marks import Spec
from mooring.charts.render import svg
from mooring.science import changing, operating
from mooring.science.changing import DETECTED, BackAgain
from mooring.science.operating import CONDITIONS, GOOD_NEWS, OFF_COURSE, WEEKS, WORTH_A_CONVERSATION
from mooring.science.operating_point import ASSUMED, POINTS
from operating_pictures import Curve, Dot, Panel, Weeks, curves, dots

YEAR = 52 / WEEKS
USUAL = CONDITIONS[0].name
LAST_WEEK = {"plateau": 24}
"""Weeks drawn and told of a change; 12 where nothing else stands here, since the half-year ends then."""
WITHIN = {"plateau": (4, 8, 12, 16, 24)}
TWELVE = (1, 2, 4, 8, 12)
QUOTED = {"plateau": (8, 12, 16), "shift": (4, 8, 12), "off course": (4, 8, 12)}
NAMES = {
    "deterioration": ("Deterioration", "both worse, and stay so"),
    "setback": ("Setback", "both worse, two weeks"),
    "distress": ("Distress alone", "worse, and stays so"),
    "security": ("Security alone", "worse, and stays so"),
    "dip": ("A dip", "one week: not to be flagged"),
    "alliance drop": ("Alliance drop", "lower, and stays so"),
    "shift": ("Shift", "asked in two more weeks"),
    "off course": ("Off course", "drifting off for eight weeks"),
    "gain": ("Gain", "both better at once"),
    "recovery": ("Recovery", "since back, if flagged"),
    "repair": ("Repair", "since back, if flagged"),
    "plateau": ("Plateau", "since it stands still"),
}

UNDER = {
    "silence": "missed all the same",
    OFF_COURSE: "of people who are on it",
    "recovery": "of a false flag",
    "repair": "of a false drop",
}


class Kind(NamedTuple):
    """What was said of steady clients of one kind, or of several together."""

    hits: int
    """Clients of whom it was said at least once."""
    clients: int
    a_year: float
    half_width: float
    """1.96 standard errors."""

    @property
    def of_100(self) -> float:
        return 100 * self.hits / self.clients


class Report(NamedTuple):
    clients: int
    some: int
    false: Mapping[str, Mapping[str, Mapping[str, Kind]]]
    """Condition → point → kind, "any" for all worth a conversation, "good news" for all of those."""
    course: Mapping[str, tuple[np.ndarray, np.ndarray]]
    """Condition → flags of being off course of clients on course, and of steady ones."""
    found: Mapping[tuple[str, float], Mapping[str, np.ndarray]]
    """Change and size → point → weeks until noticed."""
    told: Mapping[str, tuple[int, int]]
    covered: Sequence[tuple[str, float]]
    stayed: Mapping[float, tuple[int, int]]
    """Size → clients who stayed worse and were flagged, and of whom a recovery was told."""
    back: Mapping[tuple[float, int, int], BackAgain]
    """Size, weeks away, weeks of the way back → how often the told time of recovery held the true one."""


def false(counts: np.ndarray, kinds: Sequence[str]) -> dict[str, dict[str, Kind]]:
    """counts (points, clients, kinds) as what was said at each point."""
    said = {}
    for name, rows in zip(POINTS, counts, strict=True):
        one = {kind: counted(rows[:, column]) for column, kind in enumerate(kinds)}
        for words, members in (("any", WORTH_A_CONVERSATION), ("good news", GOOD_NEWS)):
            one[words] = counted(rows[:, [kinds.index(kind) for kind in members]].sum(axis=1))
        said[name] = one
    return said


def counted(flags: np.ndarray) -> Kind:
    error = float(flags.std(ddof=1)) / np.sqrt(flags.size)
    return Kind(int((flags > 0).sum()), flags.size, float(flags.mean()) * YEAR, 1.96 * error * YEAR)


def write(found: Report, root: Path) -> None:
    """The page, its pictures and the quoted figures, each in its place."""
    for name, (spec, words) in pictures(found).items():
        for look in ("light", "dark"):
            drawn = svg(spec, look, name=words)
            (root / f"docs/pictures/operating-{name}-{look}.svg").write_text(drawn, encoding="utf-8")
    (root / "docs/operating-points.md").write_text(page(found), encoding="utf-8")
    (root / "src/mooring/science/measured.py").write_text(measured(found), encoding="utf-8")


def pictures(found: Report) -> dict[str, tuple[Spec, str]]:
    """Name → picture and its one-sentence name."""
    kinds = [*WORTH_A_CONVERSATION, OFF_COURSE, *GOOD_NEWS]
    panels = [
        Panel(
            kind.capitalize(),
            UNDER.get(kind, ""),
            tuple((name, dot(kind_of(found, name, "usual", kind))) for name in found.false),
        )
        for kind in kinds
    ]
    totals = [
        Panel(point.capitalize(), under, tuple((name, dot(said[point][kind])) for name, said in found.false.items()))
        for under, kind in (("worth a conversation", "any"), ("good news", "good news"))
        for point in POINTS
    ]
    sizes = [size for kind, size in found.found if kind == "setback"]
    by_size = [
        Weeks(*NAMES[kind], tuple(Curve(unit(size, kind), curve(found, kind, size, "usual")) for size in sizes))
        for kind in DETECTED
    ]
    by_point = [
        Weeks(*NAMES[kind], tuple(Curve(point, curve(found, kind, 1.0, point)) for point in reversed(POINTS)))
        for kind in ("deterioration", "setback", "dip", "alliance drop", "shift", "gain")
    ]
    year = "false flags a client-year"
    return {
        "false": (
            dots(panels, 0.8, (0, 0.25, 0.5, 0.75), year),
            "False flags a client-year of each kind under six conditions, with 95 % intervals.",
        ),
        "points": (
            dots(totals, 3.2, (0, 1, 2, 3), year),
            "False flags a client-year at the three operating points under six conditions, with 95 % intervals.",
        ),
        "delays": (
            curves(by_size, "Share noticed by the end of each week, at the usual point"),
            "Share of clients noticed by each week since a change of 0.5, 1 or 1.5 reliable-change units, by kind.",
        ),
        "point-delays": (
            curves(by_point, "Share noticed by the end of each week, a change of one unit"),
            "Share of clients noticed by each week since a change of one unit, at the three operating points.",
        ),
    }


def unit(size: float, kind: str) -> str:
    """The first panel says what the numbers are."""
    return f"{size:g} unit{'' if size == 1 else 's'}" if kind == next(iter(DETECTED)) else f"{size:g}"


def dot(kind: Kind) -> Dot:
    return Dot(kind.a_year, max(kind.a_year - kind.half_width, 0.0), kind.a_year + kind.half_width)


def kind_of(found: Report, condition: str, point: str, kind: str) -> Kind:
    return counted(found.course[condition][0]) if kind == OFF_COURSE else found.false[condition][point][kind]


def curve(found: Report, kind: str, size: float, point: str) -> tuple[float, ...]:
    weeks = found.found[kind, size][point]
    return tuple(changing.by_week(weeks, week) for week in range(LAST_WEEK.get(kind, 12) + 1))


def share(hits: int, of: int) -> str:
    low, high = operating.wilson(hits, of)
    return f"{100 * hits / of:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    cells = list(head)
    lines = ["| " + " | ".join(cells) + " |", "|" + "---|" * len(cells)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def year(kind: Kind) -> str:
    return f"{kind.a_year:.2f} ± {kind.half_width:.2f}"


def false_table(found: Report) -> str:
    rows = [
        [name, share(said["usual"]["any"].hits, found.clients), year(said["usual"]["any"])]
        for name, said in found.false.items()
    ]
    return table(["condition", "any false flag in 26 weeks (95 %)", "flags a client-year (95 %)"], rows)


def kinds_table(found: Report, kinds: Sequence[str]) -> str:
    rows = [[name, *(f"{kind_of(found, name, 'usual', kind).of_100:.1f}" for kind in kinds)] for name in found.false]
    return table(["of 100 half-years", *kinds], rows)


def points_table(found: Report) -> str:
    rows = [
        [name, *(year(said[point][kind]) for kind in ("any", "good news") for point in POINTS)]
        for name, said in found.false.items()
    ]
    heads = [f"{words}, {point}" for words in ("worth a conversation", "good news") for point in POINTS]
    return table(["flags a client-year (95 %)", *heads], rows)


def kinds_by_point(found: Report) -> str:
    kinds = [*WORTH_A_CONVERSATION, *GOOD_NEWS]
    rows = [[point, *(f"{found.false[USUAL][point][kind].of_100:.1f}" for kind in kinds)] for point in POINTS]
    return table([f"of 100 half-years, {USUAL}", *kinds], rows)


def course_table(found: Report) -> str:
    rows = [
        [name, *(share(int((flags > 0).sum()), flags.size) for flags in both)] for name, both in found.course.items()
    ]
    return table(["off course in 26 weeks (95 %)", "goes as the closed courses went", "stays as at the start"], rows)


def delays_table(found: Report, kinds: Sequence[str]) -> str:
    within = WITHIN.get(kinds[0], TWELVE)
    rows = []
    for kind, size in found.found:
        if kind in kinds:
            weeks = found.found[kind, size]["usual"]
            # The first changed check-in is week 1; the delays count from 0.
            middle = np.median(weeks) + 1 if weeks.size else np.inf
            median = f"{middle:.0f}" if np.isfinite(middle) else f"more than {within[-1]}"
            shares = (f"{100 * changing.by_week(weeks, week):.0f}" for week in within)
            rows.append([DETECTED[kind].words, f"{size:g}", str(weeks.size), median, *shares])
    return table(["change", "size", "clients", "median weeks", *(f"% by {week}" for week in within)], rows)


def point_delays_table(found: Report) -> str:
    rows = []
    for kind in DETECTED:
        if kind != "plateau":
            weeks = found.found[kind, 1.0]
            shares = (f"{100 * changing.by_week(weeks[point], week):.0f}" for point in POINTS for week in (2, 4, 12))
            rows.append([NAMES[kind][0].lower(), *shares])
    return table(["one unit", *(f"{point}, % by {week}" for point in POINTS for week in (2, 4, 12))], rows)


def back_table(found: Report) -> str:
    rows = []
    for (size, away, way), told in found.back.items():
        held = (share(one, told.recovered) for one in (told.held, told.held_later))
        rows.append([f"{size:g}", str(away), str(way), str(told.flagged), str(told.recovered), *held])
    heads = ["size", "weeks away", "weeks of the way back", "flagged", "told as back"]
    return table([*heads, "held, as told then (95 %)", "held, in hindsight (95 %)"], rows)


def stayed_table(found: Report) -> str:
    rows = [[f"{size:g}", str(flagged), share(told, flagged)] for size, (flagged, told) in found.stayed.items()]
    return table(["size", "flagged", "told as back though worse (95 %)"], rows)


def thresholds_table() -> str:
    rows = [
        [name, *(f"{point._asdict()[name]:g}" for point in (ASSUMED, POINTS["earlier"], POINTS["quieter"]))]
        for name in ASSUMED._fields
    ]
    return table(["threshold", "usual", "earlier", "quieter"], rows)


def picture(name: str, words: str) -> str:
    dark, light = (f"pictures/operating-{name}-{look}.svg" for look in ("dark", "light"))
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="{words}" width="760"></picture>'
    )


def page(found: Report) -> str:
    drawn = {name: picture(name, words) for name, (_, words) in pictures(found).items()}
    some = [kind for kind in DETECTED if kind != "plateau"]
    usual = [said["usual"] for said in found.false.values()]
    return TEXT.format(
        clients=found.clients,
        some=found.some,
        pictures=drawn,
        false=false_table(found),
        kinds=kinds_table(found, [*WORTH_A_CONVERSATION, *GOOD_NEWS]),
        course=course_table(found),
        closed=operating.COURSES_CLOSED,
        points=points_table(found),
        by_point=kinds_by_point(found),
        delays=delays_table(found, some),
        plateau=delays_table(found, ["plateau"]),
        point_delays=point_delays_table(found),
        told=table(
            ["story", "flagged by week 16 (95 %)", "a flag before week 15 (95 %)"],
            [[name, share(soon, found.some), share(before, found.some)] for name, (soon, before) in found.told.items()],
        ),
        coverage=table(
            ["assumed", "true levels inside the band"],
            [[words, f"{100 * held:.1f} %"] for words, held in found.covered],
        ),
        back=back_table(found),
        stayed=stayed_table(found),
        thresholds=thresholds_table(),
        usual=usual[0]["any"].a_year,
        worst=max(said["any"].a_year for said in usual),
        good=usual[0]["good news"].a_year,
        good_worst=max(said["good news"].a_year for said in usual),
        silent={name: point.missed_checkins for name, point in POINTS.items()},
    )


TEXT = (Path(__file__).with_name("operating_points.template.md")).read_text(encoding="utf-8")


def measured(found: Report) -> str:
    """The figures that pages quote, as Python: the library reads no files."""
    shares = {
        point: {
            name: {kind: round(kind_of(found, name, point, kind).of_100, 1) for kind in kinds_quoted()}
            for name in found.false
        }
        for point in POINTS
    }
    years, good = (
        {point: {name: round(said[point][words].a_year, 2) for name, said in found.false.items()} for point in POINTS}
        for words in ("any", "good news")
    )
    noticed = {
        point: {
            kind: {
                week: round(100 * changing.by_week(found.found[kind, 1.0][point], week))
                for week in QUOTED.get(kind, (2, 4, 8))
            }
            for kind in DETECTED
        }
        for point in POINTS
    }
    head, foot = MEASURED.split("# figures\n")
    lines = [head.format(clients=found.clients, some=found.some, usual=USUAL)]
    lines += ["POINTS: Mapping[str, OperatingPoint] = {"]
    for name, point in POINTS.items():
        lines += [f'    "{name}": OperatingPoint(']
        lines += [f"        {field}={value!r}," for field, value in point._asdict().items()]
        lines += ["    ),"]
    lines += ["}", '"""The points that were simulated."""']
    for name, words, figures in (
        ("FALSE_OF_100_HALF_YEARS", "str, Mapping[str, float]", shares),
        ("FALSE_FLAGS_A_YEAR", "str, float", years),
        ("GOOD_NEWS_A_YEAR", "str, float", good),
        ("NOTICED_OF_100", "str, Mapping[int, int]", noticed),
    ):
        lines += [f"{name}: Mapping[str, Mapping[{words}]] = {{", *_entries(figures, 1), "}", MEANINGS[name]]
    return "\n".join(lines) + "\n" + foot


def kinds_quoted() -> tuple[str, ...]:
    return ("any", *WORTH_A_CONVERSATION, OFF_COURSE, *GOOD_NEWS)


def _entries(values: Mapping[object, object], depth: int) -> list[str]:
    found = []
    for key, value in values.items():
        name = f'"{key}"' if isinstance(key, str) else str(key)
        if isinstance(value, dict):
            found += ["    " * depth + f"{name}: {{", *_entries(value, depth + 1), "    " * depth + "},"]
        else:
            found.append("    " * depth + f"{name}: {value},")
    return found


MEANINGS = {
    "FALSE_OF_100_HALF_YEARS": '"""Point → condition → kind → of how many of 100 steady clients it was said within half'
    ' a year; "any" is all\nthat are worth a conversation, "off course" of clients who go as the closed courses'
    ' went."""',
    "FALSE_FLAGS_A_YEAR": '"""Point → condition → flags worth a conversation of a steady client."""',
    "GOOD_NEWS_A_YEAR": '"""Point → condition → gains, recoveries and repairs said of a steady client."""',
    "NOTICED_OF_100": '"""Point → kind → week since a change of one reliable-change unit → of how many of 100 it was'
    ' noticed by then."""',
}
MEASURED = '''"""What the simulation measured. Written by benchmarks/operating_points.py --write."""

from __future__ import annotations

from collections.abc import Mapping

from mooring.science.operating_point import OperatingPoint

CLIENTS = {clients}
"""Steady clients simulated in each condition, half a year each."""
CHANGED_CLIENTS = {some}
"""Of each change and size."""
USUAL = "{usual}"
"""The condition whose figures are printed with a flag."""
# figures


def false_of_100(kind: str, point: str = "usual") -> float:
    """In a steady person this rule is wrong in so many of 100 half-years (simulated)."""
    return FALSE_OF_100_HALF_YEARS[point][USUAL][kind]


def worst_of_100(kind: str, point: str = "usual") -> float:
    """The same where it is wrong most often: lingering moods, say, or movement assumed wrongly."""
    return max(shares[kind] for shares in FALSE_OF_100_HALF_YEARS[point].values())


def noticed_of_100(kind: str, week: int, point: str = "usual") -> int:
    """Of 100 who changed by one reliable-change unit, so many were noticed by the end of that week (simulated).

    Raises KeyError for a kind or a week that was not simulated. A silence is said by construction.
    """
    return NOTICED_OF_100[point][kind][week]
'''
