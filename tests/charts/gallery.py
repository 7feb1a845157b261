"""Every picture with made-up people, light and dark, as PNG for looking.

python -m tests.charts.gallery FOLDER [part of a name]
"""

import sys
from collections.abc import Callable
from pathlib import Path

from mooring.charts.constellation import constellation, plane
from mooring.charts.levels import Beside, brief_alliance, brief_asked, brief_level, evidence
from mooring.charts.marks import Spec
from mooring.charts.moved import moved
from mooring.charts.points import Axis, Eddy, Move, Quotation, Stretch
from mooring.charts.render import png
from mooring.charts.river import Told, river
from mooring.charts.spark import spark, spark_alliance, spark_asked
from mooring.charts.timeline import CheckinLane, Lane, LevelLane, RatingLane, Remark, timeline
from mooring.charts.waterline import Berth, harbour, waterline
from tests.charts import made_up as m

TOLD = Told("now between 6.4 and 7.5", m.months(), (m.SARAH_EDDY,), m.SARAH_SAID)


WINDOW = (m.week(1), m.TODAY)
SMALL = Axis(1, 5)


def sparks() -> dict[str, Callable[[], Spec | None]]:
    half = Axis(0, 10)
    return {
        "spark-setback": lambda: spark(m.falling(), half, WINDOW, Stretch(m.week(24), m.TODAY)),
        "spark-silence": lambda: spark(m.silent(), SMALL, WINDOW),
        "spark-alliance": lambda: spark_alliance(m.DROPPED, m.STEADY, SMALL, WINDOW, Stretch(m.week(24.5), m.week(26))),
        "spark-asked": lambda: spark_asked(m.MOTHER_ASKED, Axis(1, 7), WINDOW, "anxiety", Stretch(m.week(21), m.TODAY)),
        "spark-new": lambda: spark(m.john_distress()[-40:], SMALL, WINDOW),
    }


def levels() -> dict[str, Callable[[], Spec | None]]:
    ten = Axis(0, 10, ((0, "0"), (5, "5"), (10, "10")))
    four = Axis(1, 4, ((1, "1"), (4, "4")))
    seven = Axis(1, 7, ((1, "1"), (7, "7")))
    three = Axis(2.8, 5, ((3, "3"), (5, "5")))
    since = [p for p in m.sarah() if p.at >= m.week(12)]
    return {
        "evidence": lambda: evidence(
            m.hannah(),
            four,
            Beside("now 3.4 ± 0.4", "start 2.4 ± 0.3"),
            start=2.4,
            days=("January", "13 May"),
        ),
        "brief-level": lambda: brief_level(
            since,
            ten,
            Beside("now 7.0 ± 0.5", "last 6.5 ± 0.5"),
            eddies=(Eddy(m.week(14), m.week(19), "eddy", "week 15; back after 4 weeks (3–5)"),),
            days=("February", "13 May"),
        ),
        "brief-asked": lambda: brief_asked(
            m.MOTHER_ASKED,
            seven,
            Beside("now 4.8 ± 0.8", "March 3.5 ± 0.8"),
            hue="anxiety",
            days=("November", "May"),
        ),
        "brief-alliance": lambda: brief_alliance(
            m.JOHN_RATES[17:25], m.INES_RATES[17:25], three, Beside("hers", "yours"), usual=(4.0, 4.7)
        ),
        "moved": lambda: moved(Move(1, 7, 3, 5), low="1", high="7"),
        "moved-back": lambda: moved(Move(1, 5, 3, 2), low="1", high="5"),
        "timeline": lambda: timeline(lanes(), m.JOHN_WEEKS),
        "timeline-narrow": lambda: timeline(lanes(), m.JOHN_WEEKS, width=330),
    }


def lanes() -> list[Lane]:
    five = Axis(1, 4, ((1, "1"), (2, "2"), (3, "3"), (4, "4")))
    ten = Axis(2, 8, ((2, "2"), (4, "4"), (6, "6"), (8, "8")))
    rated = Axis(2, 5, ((2, "2"), (3, "3"), (4, "4"), (5, "5")))
    done = tuple(p.at for p in m.john_distress() if p.score is not None)
    missed = (m.week(6), m.week(7), m.week(15), m.week(22))
    return [
        CheckinLane("Check-ins", done, missed, m.TODAY, "today"),
        LevelLane(
            "Distress",
            "1 to 5; up is worse",
            five,
            m.john_distress(),
            "now 1.9 ± 0.4",
            "first month 2.6 ± 0.3",
            (Remark(m.week(24), "one bad week: a dip"),),
        ),
        LevelLane(
            "Security",
            "with Claire, 0 to 10; up is better",
            ten,
            m.john_security(),
            "now 7.0 ± 0.5",
            "first month 4.8 ± 0.3",
            (Remark(m.week(15), "back by week 19 (18 to 21)", m.week(19)),),
        ),
        RatingLane(
            "Alliance",
            "1 to 5, after each session",
            rated,
            m.JOHN_RATES,
            m.INES_RATES,
            "John",
            "you",
            (3.35, 4.35),
            "shaded: his usual",
            (Quotation(m.week(17), "“You were glad I came. I wanted out.”"),),
        ),
    ]


def pictures() -> dict[str, Callable[[], Spec | None]]:
    return {
        **sparks(),
        **levels(),
        "waterline": lambda: waterline(m.sarah(), m.SECURITY),
        "harbour": lambda: harbour(
            m.sarah(),
            m.SECURITY,
            (
                Berth("rowboat", 48, 400, 150),
                Berth("ketch", 464, 816, 566),
                Berth("trawler", 880, 1232, 1010),
            ),
            now="now",
            caption=(594, "The waterline is Sarah’s: 26 weeks with Daniel, and an eddy in the 15th."),
        ),
        "river": lambda: river(m.sarah(), m.SECURITY, TOLD),
        "people": lambda: constellation(m.SARAHS_PEOPLE, m.PLANE, chosen=4, before_word="first month"),
        "people-eight": lambda: constellation(m.EIGHT, m.PLANE, chosen=0, before_word="first month"),
        "plane": lambda: plane(m.CLAIRE, m.PLANE, marked=((2, "15"),)),
        "river-silent": lambda: river(
            m.silent_security(), m.SECURITY, Told("last between 4.6 and 6.0", m.months(m.START, m.week(20)))
        ),
        "river-long": lambda: river(m.long_river(), m.SECURITY, m.LONG_TOLD),
        "river-one": lambda: river(m.sarah()[:1], m.SECURITY, Told("now between 3.0 and 4.1", m.months()[:1])),
        "river-three": lambda: river(
            m.smoothed([3.5, 4, 3.2]),
            m.SECURITY,
            Told("now between 3.1 and 4.2", m.months(m.START, m.week(3)), (), m.SARAH_SAID[:1]),
        ),
    }


def main(folder: Path, only: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in pictures().items():
        if only not in name:
            continue
        spec = draw()
        assert spec is not None, name
        for theme in ("light", "dark"):
            (folder / f"{name}-{theme}.png").write_bytes(png(spec, theme))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
