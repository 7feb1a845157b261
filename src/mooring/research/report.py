"""A study in plain words: cautions first, then what it may be used for, then precision, items, norms.

The content as blocks, of which `page` makes HTML and `paper` a PDF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mooring.catalogue import Instrument, StratumNorm
from mooring.catalogue.calibrated import GRID
from mooring.charts.bank import Choices, Curve, Latent, Thresholds, choices, item_map, precision
from mooring.charts.marks import Spec
from mooring.charts.points import Hue, ValueLabel
from mooring.research.misfit import LARGE, Compared
from mooring.research.study import ScaleStudy, Study
from mooring.science.graded_response.information import expected_error, test_information
from mooring.science.graded_response.model import probabilities

NINE_IN_TEN = 1.645
"""Standard errors to each side; "±" and every interval here hold nine in ten."""
REACH = np.round(np.linspace(-3.5, 3.5, 71), 3)
TICKS = (-2.0, 0.0, 2.0)
GOOD = 0.8
"""House rule: where reliability at a place on the scale is at least this, single persons are told apart."""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Prose:
    text: str


@dataclass(frozen=True)
class Points:
    """A list; a `warning` is set apart."""

    texts: tuple[str, ...]
    warning: bool = False


@dataclass(frozen=True)
class Grid:
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    spec: Spec
    words: str
    """The same as a sentence, for whoever does not see it."""


@dataclass(frozen=True)
class Side:
    """Pictures that stand side by side where there is room."""

    pictures: tuple[Picture, ...]


Block = Heading | Prose | Points | Grid | Side


@dataclass(frozen=True)
class Report:
    title: str
    blocks: tuple[Block, ...]


def report(study: Study, instrument: Instrument, columns: Mapping[str, str]) -> Report:
    """columns: item → column of the table, by which readers know it."""
    calibration = study.calibration
    title = f"Calibration of {instrument.title}"
    blocks: list[Block] = [Prose(_whose(study)), *_cautions(study), *_uses(study)]
    for one in study.scales:
        blocks += _scale(one, columns)
    if calibration.correlation is not None:
        blocks += [Heading("The two dimensions together"), Prose(_correlation(study))]
    blocks += [Heading("How this was made"), Prose(_method(study))]
    return Report(title, tuple(blocks))


def _whose(study: Study) -> str:
    calibration = study.calibration
    made_up = " These people are simulated: nobody answered." if calibration.simulated else ""
    scales = "; ".join(f"{one.scale.title}: {len(one.items)} items" for one in study.scales)
    ends = ""
    if calibration.minimum is not None and calibration.maximum is not None:
        ends = f" Answers go from {calibration.minimum:g} to {calibration.maximum:g}, which is not the key's range."
    return f"{calibration.persons:,} people ({calibration.sample}). {scales}.{ends}{made_up}"


def _cautions(study: Study) -> Iterator[Block]:
    calibration = study.calibration
    yield Heading("Before you use it")
    if calibration.problems:
        yield Prose("It must not be published, because:")
        yield Points(tuple(calibration.problems), warning=True)
    else:
        yield Prose("Nothing was found that forbids its use. That is not the same as nothing there.")
    if calibration.cautions:
        yield Prose("Know that:")
        yield Points(tuple(calibration.cautions))


def _uses(study: Study) -> Iterator[Block]:
    yield Heading("What it may be used for")
    texts = []
    for one in study.scales:
        lowest, highest = _good(one)
        where = f"from {lowest:.1f} to {highest:.1f} points" if lowest < highest else "nowhere along the scale"
        texts.append(
            f"{one.scale.title}: single people are told apart (local reliability of {GOOD:g} and more, a house rule)"
            f" {where}; reliability over these people {one.calibrated.reliability:.2f}."
        )
    texts.append("Scores and changes of people like these, with the standard error that belongs to each score.")
    texts.append(
        "Not for a diagnosis, and not as a norm of the general population: these people are a reference, no more."
    )
    yield Points(tuple(texts))


def _good(one: ScaleStudy) -> tuple[float, float]:
    """The stretch in points where I / (I + 1) is at least GOOD; (0, 0) where it is nowhere."""
    told = test_information(one.fitted.items, REACH)[0]
    places = REACH[told / (told + 1) >= GOOD]
    if not places.size:
        return 0.0, 0.0
    return _points(one, float(places[0])), _points(one, float(places[-1]))


def _points(one: ScaleStudy, theta: float) -> float:
    return float(np.interp(theta, GRID, one.ready.curve))


def _scale(one: ScaleStudy, columns: Mapping[str, str]) -> list[Block]:
    hue = _hue(one)
    named = [columns.get(item.code, item.code) for item in one.items]
    latent = _latent(one)
    pictures = (_precision_picture(one, latent, hue), _map_picture(one, named, latent, hue))
    return [
        Heading(one.scale.title),
        Prose(_in_numbers(one)),
        Side(pictures),
        _parameters(one, named),
        Side(_choices_pictures(one, named, latent, hue)),
        _fit(one, named),
        *(_groups(one, compared, named) for compared in one.misfit.compared),
        *_norms(one),
    ]


def _hue(one: ScaleStudy) -> Hue:
    if one.scale.role == "anxiety":
        return "anxiety"
    return "avoidance" if one.scale.role == "avoidance" else "slate"


def _in_numbers(one: ScaleStudy) -> str:
    calibrated, described = one.calibrated, one.description
    text = (
        f"These people's mean is {calibrated.mean:.2f} points, their true standard deviation {calibrated.sd:.2f}."
        f" Reliability of all {len(one.items)} items: {calibrated.reliability:.3f} from the item model"
    )
    for name, found in (("α", described.alpha), ("ω", described.omega)):
        if np.isfinite(found.value):
            text += f", {name} {found.value:.3f} (95 %: {found.low:.3f} to {found.high:.3f})"
    return text + "."


def _latent(one: ScaleStudy) -> Latent:
    ticks: tuple[ValueLabel, ...] = tuple((at, f"{at:+.0f}".replace("-", "−") if at else "0") for at in TICKS)
    second = tuple((at, f"{_points(one, at):.1f}") for at in TICKS)
    title = one.scale.title.lower()
    return Latent(tuple(REACH.tolist()), ticks, f"less {title}", "more", second)


def _precision_picture(one: ScaleStudy, latent: Latent, hue: Hue) -> Picture:
    told, error = test_information(one.fitted.items, REACH)[0], expected_error(one.fitted.items, REACH)[0]
    top = float(np.ceil(told.max() / 5) * 5)
    spec = precision(
        latent,
        (
            Curve("Test information", tuple(told.tolist()), ((top, f"{top:g}"), (top / 2, f"{top / 2:g}")), top),
            Curve(
                "Standard error, in standard deviations",
                tuple(np.minimum(error, 9).tolist()),
                ((1.0, "1"), (0.5, "0.5")),
                1.0,
            ),
        ),
        "Wash: where these people are. Second line: points.",
        hue,
    )
    best, at = float(error.min()), float(REACH[int(np.argmin(error))])
    ends = [float(expected_error(one.fitted.items, [place])[0, 0]) for place in (-2.0, 2.0)]
    words = (
        f"{one.scale.title}: the standard error is smallest, {best:.2f}, at {_signed(at)} standard deviations"
        f" ({_points(one, at):.1f} points); it is {ends[0]:.2f} two below the mean and {ends[1]:.2f} two above."
    )
    return Picture(spec, words)


def _signed(value: float, places: int = 1) -> str:
    return f"{value:+.{places}f}".replace("-", "−")


def _map_picture(one: ScaleStudy, named: Sequence[str], latent: Latent, hue: Hue) -> Picture:
    order = np.argsort(-one.fitted.items.a)
    rows = []
    for place in order:
        parameters = one.calibrated.items[place]
        reach = [NINE_IN_TEN * error for error in parameters.b_se]
        rows.append(
            Thresholds(
                named[place],
                f"{parameters.a:.2f} ± {NINE_IN_TEN * parameters.a_se:.2f}",
                tuple((b, b - r, b + r) for b, r in zip(parameters.b, reach, strict=True)),
            )
        )
    a = one.fitted.items.a
    words = (
        f"Thresholds of the {len(rows)} items of {one.scale.title}, the item that tells most first: {named[order[0]]}"
        f" (a {a[order[0]]:.2f}); {named[order[-1]]} tells least (a {a[order[-1]]:.2f})."
    )
    return Picture(item_map(latent, rows, "a ± nine in ten", hue), words)


def _choices_pictures(one: ScaleStudy, named: Sequence[str], latent: Latent, hue: Hue) -> tuple[Picture, ...]:
    """Two, so that they fit side by side."""
    chances = probabilities(one.fitted.items, REACH)
    small = [
        Choices(name, tuple(tuple(chances[place, :, k].tolist()) for k in range(len(parameters.lowest))))
        for place, (name, parameters) in enumerate(zip(named, one.calibrated.items, strict=True))
    ]
    half = -(-len(small) // 4) * 2
    return tuple(
        Picture(
            choices(latent, some, hue),
            f"The chance of each answer to {', '.join(item.name for item in some)}, along {one.scale.title.lower()}:"
            " every second answer is dashed.",
        )
        for some in (small[:half], small[half:])
        if some
    )


def _parameters(one: ScaleStudy, named: Sequence[str]) -> Grid:
    widest = max(len(parameters.b) for parameters in one.calibrated.items)
    head = ("Item", "a", *(f"b{k}" for k in range(1, widest + 1)))
    rows = []
    for name, parameters in zip(named, one.calibrated.items, strict=True):
        cells = [_with_error(b, error) for b, error in zip(parameters.b, parameters.b_se, strict=True)]
        rows.append((name, _with_error(parameters.a, parameters.a_se), *cells, *[""] * (widest - len(cells))))
    return Grid(f"Items of {one.scale.title}: discrimination a and thresholds b, ± nine in ten", head, tuple(rows))


def _with_error(value: float, error: float) -> str:
    shown = 0.0 if abs(value) < 0.005 else value  # no minus before a zero
    return f"{shown:.2f} ± {NINE_IN_TEN * error:.2f}".replace("-", "−")


def _fit(one: ScaleStudy, named: Sequence[str]) -> Grid:
    fit = one.misfit.fit
    rows = tuple(
        (name, f"{fit.chi_square[j]:.1f}", f"{fit.degrees[j]}", _p(fit.p[j]), _known(fit.rmsea[j], 3))
        for j, name in enumerate(named)
    )
    caption = (
        f"How the model fits the items of {one.scale.title}: S-X² over {fit.people:,} complete rows. With many people p"
        f" is small whatever the size; RMSEA above {LARGE:g} (a house rule) is named among the cautions"
    )
    return Grid(caption, ("Item", "S-X²", "df", "p", "RMSEA"), rows)


def _groups(one: ScaleStudy, compared: Compared, named: Sequence[str]) -> Grid:
    rows = tuple(
        (
            named[found.item],
            _known(found.chi_square, 1),
            f"{found.degrees}",
            _p(found.adjusted_p),
            *(_known(signed, 2, sign=True) for signed in found.signed),
            "yes" if found.flagged else "no",
        )
        for found in compared.found.items
    )
    caption = (
        f"Do items of {one.scale.title} work differently by {compared.name}? Difference in steps of the answer from"
        f" {compared.labels[0]}, people being alike; 5 % false discoveries among those that differ"
    )
    return Grid(caption, ("Item", "G²", "df", "p, adjusted", *compared.labels[1:], "Differs"), rows)


def _p(value: float) -> str:
    return "–" if not np.isfinite(value) else "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0")


def _known(value: float, places: int, *, sign: bool = False) -> str:
    return (f"{value:{'+' if sign else ''}.{places}f}".replace("-", "−")) if np.isfinite(value) else "–"


def _norms(one: ScaleStudy) -> list[Block]:
    shown = [norm for norm in one.calibrated.norms if norm.mean is not None]
    locked = [norm for norm in one.calibrated.norms if norm.mean is None]
    blocks: list[Block] = []
    if shown:
        percents = [f"{one.percent:g} %" for one in shown[0].percentiles]
        head = ("People", "n", "Mean", "SD", *percents)
        blocks.append(
            Grid(f"How these people scored on {one.scale.title}, points", head, tuple(_norm(n) for n in shown))
        )
    if locked:
        listed = ", ".join(f"{norm.stratum} ({norm.n})" for norm in locked)
        blocks.append(Prose(f"Too few people to be a reference (fewer than 300, a house rule): {listed}."))
    return blocks


def _norm(norm: StratumNorm) -> tuple[str, ...]:
    return (
        norm.stratum,
        f"{norm.n:,}",
        f"{norm.mean:.2f}",
        f"{norm.sd:.2f}",
        *(f"{percentile.score:.1f}" for percentile in norm.percentiles),
    )


def _correlation(study: Study) -> str:
    assert study.plane is not None
    error = study.plane.correlation_error
    give = f" ± {NINE_IN_TEN * error:.2f}" if np.isfinite(error) else ""
    return (
        f"In one model of both, their correlation is {_signed(study.plane.correlation, 2)}{give}"
        f" (log-likelihood {study.plane.log_likelihood:,.2f} after {study.plane.iterations} rounds)."
    )


def _method(study: Study) -> str:
    together = study.model == "together" and study.plane is not None
    named = [("both", study.plane)] if together else [(one.scale.title, one.fitted) for one in study.scales]
    fits = "; ".join(
        f"{name} {fitted.log_likelihood:,.2f} after {fitted.iterations} rounds".replace("-", "−")
        for name, fitted in named
        if fitted is not None
    )
    how = "in one model of both dimensions" if together else "each scale by itself"
    return (
        "Graded response model (Samejima 1969) by marginal maximum likelihood (Bock & Aitkin 1981), "
        f"{how}: P(X ≥ k | θ) = 1 / (1 + exp(−a (θ − b_k))), θ standard normal among these people. Standard errors"
        f" from the observed information. Log-likelihood: {fits}. Algorithms: {study.calibration.science}."
    )
