import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mooring.charts.cloud import NINE_IN_TEN, ellipse, hearts
from mooring.charts.constellation import constellation, fitting, plane
from mooring.charts.placing import Box
from mooring.charts.points import Figure, Place, Plane
from mooring.charts.shapes import FIGURES
from mooring.charts.tokens import colour, theme
from tests.charts import made_up as m
from tests.charts.reading import box, layers, overlapping, written


def test_nobody_gives_no_picture():
    assert constellation((), m.PLANE) is None


def test_names_cover_neither_each_other_nor_the_axes_words():
    for people in (m.SARAHS_PEOPLE, m.EIGHT):
        spec = constellation(people, m.PLANE, chosen=0, before_word="first month")
        assert overlapping(spec) == []
        assert all(box(row).x >= 0 and box(row).x2 <= 360 for row in written(spec))


def test_no_name_covers_a_shape():
    spec = constellation(m.EIGHT, m.PLANE, chosen=0, before_word="first month")
    marks = [row for layer in layers(spec, "point") for row in layer["data"]["values"] if row.get("path")]
    assert len(marks) == 9
    for row in written(spec):
        covered = box(row)
        assert not [p for p in marks if covered.x < p["x"] < covered.x2 and covered.y < p["y"] < covered.y2]


MARA = Figure("partner", "Mara", Place(3.6, 3.9, 0.3, 0.3), before=Place(3.7, 3.4, 0.45, 0.45))
DAD = Figure("father", "Dad", Place(3.75, 3.6, 0.3, 0.3))


def beside(spec: dict, name: str, shape: str) -> float:
    """px between a name and its shape's middle."""
    marks = [row for layer in layers(spec, "point") for row in layer["data"]["values"] if row.get("path")]
    (mark,) = [row for row in marks if row["path"] == FIGURES[shape] and row["size"] > 100]
    (said,) = [box(row) for row in written(spec) if row["text"] == name]
    return said.distance(Box(mark["x"], mark["y"], mark["x"], mark["y"]))


def test_a_name_stays_with_its_shape_inside_another_ones_first_month():
    spec = constellation((MARA, DAD), m.PLANE, chosen=0, before_word="first month")
    assert beside(spec, "Dad", "father") < 16
    assert beside(spec, "Mara", "partner") < 16
    leaders = [row for layer in layers(spec, "rule") for row in layer["data"]["values"] if row["width"] == 1]
    assert len(leaders) == 2  # the axes alone


def test_a_name_that_could_be_taken_for_somebody_elses_has_a_leader():
    at_one_place = tuple(Figure(kind, kind, Place(3.5, 3.5, 0.3, 0.3)) for kind in ("mother", "father", "friend"))
    spec = constellation(at_one_place, m.PLANE)
    leaders = [row for layer in layers(spec, "rule") for row in layer["data"]["values"]][2:]
    assert len(leaders) == 3


def test_a_name_does_not_run_on_into_an_axis_s_word():
    """“Jonas I worry more” is a sentence that nobody said."""
    spec = constellation((Figure("partner", "Jonas", Place(4.45, 3.6, 0.3, 0.3)),), m.PLANE)
    (name,) = [box(row) for row in written(spec) if row["text"] == "Jonas"]
    (axis,) = [box(row) for row in written(spec) if row["text"] == m.PLANE.more_worry]
    assert name.distance(axis) >= 8


def test_the_first_month_is_shown_for_the_chosen_one_only():
    chosen = constellation(m.SARAHS_PEOPLE, m.PLANE, chosen=4, before_word="first month")
    assert [row for row in written(chosen) if row["text"] == "first month"]
    assert [layer for layer in layers(chosen, "point") if layer["mark"].get("strokeDash")]
    nobody = constellation(m.SARAHS_PEOPLE, m.PLANE, before_word="first month")
    assert not [row for row in written(nobody) if row["text"] == "first month"]
    assert not [layer for layer in layers(nobody, "point") if layer["mark"].get("strokeDash")]


def test_each_kind_has_its_own_shape():
    people = [Figure(kind, kind, Place(3.5, 3.5, 0.3, 0.3)) for kind in FIGURES]
    spec = constellation(people, m.PLANE)
    drawn = [r["path"] for layer in layers(spec, "point") for r in layer["data"]["values"] if r.get("path")]
    assert sorted(drawn) == sorted(set(FIGURES.values()))


def test_a_cloud_is_the_nine_in_ten_region():
    # 100,000 draws: the share inside the drawn ellipse, by simulation and not by our own algebra
    place = Place(4.1, 3.0, 0.4, 0.25, 0.6)
    e = ellipse(place, Plane((3.5, 3.5), 2), (180, 200), 160)
    cov = [[0.16, 0.6 * 0.4 * 0.25], [0.6 * 0.4 * 0.25, 0.0625]]
    draws = np.random.default_rng(1).multivariate_normal([4.1, 3.0], cov, 100_000)
    x, y = 180 + (draws[:, 0] - 3.5) * 80 - e.x, 200 - (draws[:, 1] - 3.5) * 80 - e.y
    turn = math.radians(e.angle)
    along, beside = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    inside = np.hypot(along / e.long, beside / e.short) <= NINE_IN_TEN
    assert inside.mean() == pytest.approx(0.9, abs=0.004)


def test_the_same_ink_is_spread_thinner():
    sharp, wide = (ellipse(Place(3.5, 3.5, s, s), m.PLANE, (180, 200), 160) for s in (0.2, 0.6))
    assert 0.5 < hearts([sharp])[0] <= 0.62
    assert hearts([wide])[0] < 0.3


def contrast(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of relative luminances."""

    def luminance(rgb: tuple[float, ...]) -> float:
        lin = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rgb(hexadecimal: str) -> tuple[float, ...]:
    return tuple(int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))


CROWD = tuple(Figure("friend", f"Friend {n}", Place(3.5 + n / 10, 3.5, 0.22, 0.22)) for n in range(4))


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("figures", [m.SARAHS_PEOPLE, m.EIGHT, CROWD], ids=["five", "eight", "crowd"])
def test_every_name_can_be_read_on_its_clouds(name: str, figures: tuple[Figure, ...]):
    tokens = theme(name)
    clouds = [ellipse(f.now, m.PLANE, (180, 200), 160) for f in figures]
    opacities = hearts(clouds)
    for row in written(constellation(figures, m.PLANE)):
        covered = box(row)
        for share in (0, 0.25, 0.5, 0.75, 1):
            x, y = covered.x + share * (covered.x2 - covered.x), (covered.y + covered.y2) / 2
            ink = 1.0
            for opacity, e in zip(opacities, clouds, strict=True):
                ink *= 1 - opacity * e.density(x, y)
            ground = tuple(
                p * ink + s * (1 - ink) for s, p in zip(rgb(tokens["slate"]), rgb(tokens["paper"]), strict=True)
            )
            if row["ink"] == colour("ink"):
                assert contrast(rgb(tokens["ink"]), ground) >= 4.5, row["text"]


def test_the_plane_is_as_far_as_its_farthest_person():
    assert fitting(m.SARAHS_PEOPLE, (3.5, 3.5)) == 2.2  # Dad: 1.55 away, and 0.5 of error, upwards: 2.05
    assert fitting((), (3.5, 3.5)) == 1.5


def test_a_small_plane_shows_the_way_and_names_a_week():
    spec = plane(m.CLAIRE, m.PLANE, marked=((2, "15"),))
    assert [row["text"] for row in written(spec)] == ["15"]
    ways = [r["path"] for layer in layers(spec, "point") for r in layer["data"]["values"] if "L" in r.get("path", "")]
    assert any(len(re.findall("L", way)) == 5 for way in ways)
    assert spec["width"] == spec["height"] == 148


def test_a_place_without_error_is_refused():
    with pytest.raises(ValueError, match="positive standard errors"):
        Place(3, 3, 0, 0.2)


places = st.builds(
    Place, st.floats(1.6, 5.4), st.floats(1.6, 5.4), st.floats(0.1, 0.8), st.floats(0.1, 0.8), st.floats(-0.7, 0.7)
)
people = st.lists(
    st.builds(
        Figure,
        st.sampled_from(sorted(FIGURES)),
        st.sampled_from(["Mum", "Dad", "Daniel", "Ines", "Oma Hildegard", "Maximiliane"]),
        places,
        st.sampled_from(["", "few answers"]),
    ),
    min_size=1,
    max_size=6,
)


@given(people)
@settings(max_examples=60, deadline=None)
def test_every_name_stays_inside(figures: list[Figure]):
    spec = constellation(figures, m.PLANE, chosen=0)
    assert all(box(row).x >= 0 and box(row).x2 <= 360.5 for row in written(spec))
    assert all(box(row).y >= 0 and box(row).y2 <= spec["height"] for row in written(spec))
    assert colour("ink") in {row["ink"] for row in written(spec)}
