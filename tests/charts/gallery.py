"""Every picture with made-up people, light and dark, as PNG for looking.

python tests/charts/gallery.py FOLDER [part of a name]
"""

import sys
from collections.abc import Callable
from pathlib import Path

import made_up as m

from mooring.charts.constellation import constellation, plane
from mooring.charts.marks import Spec
from mooring.charts.render import png
from mooring.charts.river import Told, river
from mooring.charts.waterline import Berth, harbour, waterline

TOLD = Told("now between 6.4 and 7.5", m.months(), (m.SARAH_EDDY,), m.SARAH_SAID)


def pictures() -> dict[str, Callable[[], Spec | None]]:
    return {
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
        "river-one": lambda: river(
            m.sarah()[:1], m.SECURITY, Told("now between 3.0 and 4.1", m.months()[:1])
        ),
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
