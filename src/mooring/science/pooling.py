"""Few people of one figure, many of another: a panel's parameters leaning on its neighbours.

Each group (one instrument's figures, or several clinics) maximises

    log L_g(θ) + (m / M_g) Σ_other groups log L(θ),   M_g = persons in the other groups,

so that all others together weigh as much as m persons would: the power prior of Ibrahim & Chen 2000 (Stat. Sci.
15:46–60, doi 10.1214/ss/1009212673) with the weight fixed beforehand. The others' scores are moved to the group's own
centre first, because figures differ in their means and are to share their movement alone. With m persons of its own a
group goes half its own way, with many it goes it alone; with m = 0 nothing is shared. Groups must have one unit: points
of the same scale.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from mooring.science.panel import PanelFit, fit
from mooring.science.trajectory import Panel, series_arrays

PERSONS = 30.0
"""How many persons all the others count as. A house rule: about where a panel alone begins to tell its movement."""


def fit_pooled(panels: Mapping[str, Panel], persons: float = PERSONS) -> dict[str, PanelFit]:
    """Each group's fit, leaning on the others by so many persons; a group of which nobody answered is left out.

    Log-likelihood, persons and answers of a result count what was used, the others' share included. Raises ValueError
    as :func:`mooring.science.panel.fit` does, and for a negative or infinite number of persons.
    """
    if not (np.isfinite(persons) and persons >= 0):
        raise ValueError(f"persons must be finite and not negative: {persons}")
    for panel in panels.values():
        series_arrays(panel.times, panel.scores, panel.standard_errors, np.asarray(panel.offsets))
    some = {name: panel for name, panel in panels.items() if (~np.isnan(panel.scores)).any()}
    return {name: _leaning(name, some, persons) for name in some}


def _leaning(name: str, panels: Mapping[str, Panel], persons: float) -> PanelFit:
    own = panels[name]
    others = [panel for other, panel in panels.items() if other != name]
    if not others or persons == 0:
        return fit(own)
    centre = float(np.nanmean(own.scores))
    moved = [panel._replace(scores=panel.scores - np.nanmean(panel.scores) + centre) for panel in others]
    count = sum(_answering(panel) for panel in others)
    sizes = [panel.offsets.size - 1 for panel in (own, *moved)]
    weights = np.repeat([1.0] + [persons / count] * len(moved), sizes)
    return fit(joined([own, *moved]), weights=weights)


def joined(panels: list[Panel]) -> Panel:
    """Several panels as one, their series in that order."""
    starts = np.append(0, np.cumsum([panel.scores.size for panel in panels]))
    offsets = [panel.offsets[:-1] + start for panel, start in zip(panels, starts[:-1], strict=True)]
    columns: list[npt.NDArray[np.float64]] = [
        np.concatenate([np.broadcast_to(np.asarray(panel[place], dtype=float), panel.scores.shape) for panel in panels])
        for place in (1, 2, 3)
    ]
    return Panel(np.concatenate([*offsets, starts[-1:]]).astype(np.int64), *columns)


def _answering(panel: Panel) -> int:
    answered = np.append(0, np.cumsum(~np.isnan(panel.scores)))
    return int((np.diff(answered[np.asarray(panel.offsets)]) > 0).sum())
