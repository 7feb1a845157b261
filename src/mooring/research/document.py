"""A study as one JSON file: what a reader wants first, then the calibration that scoring reads back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mooring.catalogue import Calibration, CatalogueError, canonical_calibration, read_calibration
from mooring.research.study import ScaleStudy, Study

CALIBRATION = "calibration"


def read_document(path: Path) -> Calibration:
    """The calibration in a report that `mooring calibrate` wrote, or on its own. Raises CatalogueError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CatalogueError(str(path), "", f"cannot be read ({error.strerror})", "Check the path") from error
    try:
        plain: Any = json.loads(content)
    except (ValueError, RecursionError):
        plain = None  # read_calibration says what is wrong with it
    if isinstance(plain, dict) and CALIBRATION in plain:
        content = json.dumps(plain[CALIBRATION]).encode()
    return read_calibration(content, str(path))


def document(study: Study, columns: Mapping[str, str]) -> bytes:
    """UTF-8 JSON. ``columns``: item → column of the table it came from."""
    calibration = study.calibration
    together = study.plane is not None and study.model == "together"
    plain = {
        "measure": {"key": calibration.key, "version": calibration.version},
        "sample": calibration.sample,
        "simulated": calibration.simulated,
        "must_not_be_published_because": list(calibration.problems),
        "cautions": list(calibration.cautions),
        "model": study.model,
        "model_in_words": MODELS[study.model if study.plane is not None else "one"],
        "form": "P(X >= k | theta) = 1 / (1 + exp(-a (theta - b_k))), theta standard normal among these people",
        "persons": calibration.persons,
        "log_likelihood": calibration.log_likelihood,
        "iterations": calibration.iterations,
        "both_dimensions": _plane(study),
        "scales": [_scale(one, own_fit=not together) for one in study.scales],
        "groups": [row for one in study.scales for row in _groups(one, columns)],
        "items": [row for one in study.scales for row in _items(one, columns)],
        CALIBRATION: json.loads(canonical_calibration(calibration)),
    }
    return json.dumps(_plain(plain), ensure_ascii=False, allow_nan=False, indent=1).encode()


MODELS = {
    "one": "Each scale is fitted by itself; log_likelihood and iterations are the sums over the scales.",
    "separate": "Each scale is fitted by itself; log_likelihood and iterations are the sums over the scales. The"
    " correlation comes from a model of both dimensions beside them.",
    "together": "One model of both dimensions; log_likelihood and iterations are that model's.",
}


def _plane(study: Study) -> dict[str, Any] | None:
    if study.plane is None:
        return None
    return {
        "correlation": study.plane.correlation,
        "correlation_se": study.plane.correlation_error,
        "log_likelihood": study.plane.log_likelihood,
        "iterations": study.plane.iterations,
        "converged": study.plane.converged,
    }


def _scale(one: ScaleStudy, *, own_fit: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"scale": one.scale.code, "title": one.scale.title, "items": len(one.items)}
    if own_fit:
        found |= {
            "persons": one.fitted.n,
            "log_likelihood": one.fitted.log_likelihood,
            "iterations": one.fitted.iterations,
            "converged": one.fitted.converged,
        }
    calibrated = one.calibrated
    return found | {
        "mean": calibrated.mean,
        "sd": calibrated.sd,
        "reliability": calibrated.reliability,
        "alpha": calibrated.alpha,
        "omega": calibrated.omega,
    }


def _items(one: ScaleStudy, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = []
    for place, (item, parameters) in enumerate(zip(one.items, one.calibrated.items, strict=True)):
        row: dict[str, Any] = {
            "item": columns.get(item.code, item.code),
            "code": item.code,
            "number": item.number,
            "scale": one.scale.code,
            "a": parameters.a,
            "a_se": parameters.a_se,
        }
        for k, (b, error) in enumerate(zip(parameters.b, parameters.b_se, strict=True), start=1):
            row |= {f"b{k}": b, f"b{k}_se": error}
        fit = one.misfit.fit
        row["lowest_answer_of_each_category"] = list(parameters.lowest)
        row["s_x2"], row["s_x2_df"] = fit.chi_square[place], fit.degrees[place]
        row["s_x2_p"], row["s_x2_rmsea"] = fit.p[place], fit.rmsea[place]
        rows.append(row)
    return rows


def _groups(one: ScaleStudy, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Whether items work differently, people being alike: likelihood-ratio tests between groups."""
    return [
        {
            "scale": one.scale.code,
            "by": compared.name,
            "reference": compared.labels[0],
            "item": columns.get(one.items[found.item].code, one.items[found.item].code),
            "chi_square": found.chi_square,
            "df": found.degrees,
            "p": found.p,
            "adjusted_p": found.adjusted_p,
            "different": found.flagged,
            "steps_beside_reference": dict(zip(compared.labels[1:], found.signed, strict=True)),
        }
        for compared in one.misfit.compared
        for found in compared.found.items
    ]


def _plain(value: Any) -> Any:
    """Without numpy's own kinds; what is not known is null."""
    if isinstance(value, Mapping):
        return {str(name): _plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
