"""What must hold in every measure, whichever way it came."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.model import FIGURE, FULL, Instrument, MissingRule, Precision, Wording

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLOT = re.compile(r"\{[^{}]*\}?|\}")
LARGEST_VERSION = 2**31 - 1  # instruments.InstrumentVersion.version
LONGEST_KEY = 60


def check(instrument: Instrument, file: str) -> Instrument:
    """The instrument itself. Raises CatalogueError at the first thing that contradicts another."""
    check_structure(instrument, file)
    check_identity(instrument, file)
    return instrument


def check_structure(instrument: Instrument, file: str) -> None:
    """Items, scales, forms and cases agree with each other. Raises CatalogueError."""
    _items(instrument, file)
    _scales(instrument, file)
    _forms(instrument, file)
    _variants(instrument, file)
    _golden(instrument, file)


def check_wording(instrument: Instrument, wording: Wording, file: str) -> None:
    """Every item, scale, facet and open question worded, nothing else; the figure's slot where it belongs."""
    codes = [item.code for item in instrument.items]
    _same("items", wording.items, codes, file)
    _same("scales", wording.scales, [scale.code for scale in instrument.scales], file)
    _same("facets", wording.facets, [item.facet for item in instrument.items if item.facet], file)
    _same("open", wording.open, [code for form in instrument.forms.values() for code in form.open], file)
    for code, text in wording.items.items():
        _slot(instrument, text, f"items.{code}", file)
        if not wording.short[code].strip():
            raise CatalogueError(file, f"items.{code}.short", "empty", "Give two to four words")
    if instrument.risk_items and not wording.before.strip():
        raise CatalogueError(
            file, "before", "missing, yet there is a risk item", "Say before it that nobody is watching"
        )


def _slot(instrument: Instrument, text: str, place: str, file: str) -> None:
    slots = SLOT.findall(text)
    if any(slot != FIGURE for slot in slots):
        raise CatalogueError(file, place, f"unknown slot {slots!r}", f"Only {FIGURE} is filled")
    if instrument.per_figure and not slots:
        raise CatalogueError(file, place, f"{FIGURE} is missing", "Say with whom")
    if slots and not instrument.per_figure:
        raise CatalogueError(file, place, f"unexpected {FIGURE}", "Drop it, or set per_figure = true in the measure")
    if text.startswith(FIGURE):
        raise CatalogueError(file, place, f"begins with {FIGURE}", 'Reword: "my mother" has no capital letter')


def check_identity(instrument: Instrument, file: str) -> None:
    """Key, version and provenance, and wording where a measure of its kind has one. Raises CatalogueError."""
    if not KEY.fullmatch(instrument.key) or len(instrument.key) > LONGEST_KEY:
        raise CatalogueError(
            file, "key", f"{instrument.key!r} is no key", "Use small letters, digits and single hyphens"
        )
    if instrument.version < 1:
        raise CatalogueError(file, "version", f"{instrument.version} is too small", "Count from 1")
    if instrument.version > LARGEST_VERSION:
        raise CatalogueError(file, "version", f"{instrument.version} is too large", "Count from 1")
    if not instrument.licence.strip():
        raise CatalogueError(file, "licence", "empty", "Say under which terms, or that none were found")
    if instrument.kind == "key" and instrument.wording:
        raise CatalogueError(file, "wording", "a published measure ships without wording", "Remove it")
    if instrument.kind == "key" and not instrument.sources:
        raise CatalogueError(file, "sources", "missing", "Say where the key was read")
    if instrument.kind == "form":
        _form_of_a_clinic(instrument, file)
    if instrument.kind == "bank" and not instrument.wording:
        raise CatalogueError(file, "wording", "our own bank has no wording", "Add en.toml beside it")


def _form_of_a_clinic(instrument: Instrument, file: str) -> None:
    if not instrument.wording or not instrument.sources:
        raise CatalogueError(file, "wording", "a form has wording and says where it is from", "Import it anew")
    if bool(instrument.scales) == bool(instrument.unscored):
        raise CatalogueError(file, "unscored", "a form is scored, or says why it is not", "Give one of the two")


def _items(instrument: Instrument, file: str) -> None:
    _once("items", [item.code for item in instrument.items], file)
    for item in instrument.items:
        if item.minimum >= item.maximum:
            raise CatalogueError(file, f"items.{item.code}", f"range {item.minimum} to {item.maximum}", "Let it rise")


def _scales(instrument: Instrument, file: str) -> None:
    _once("scales", [scale.code for scale in instrument.scales], file)
    known = {item.code for item in instrument.items}
    for scale in instrument.scales:
        place = f"scales.{scale.code}"
        _known(scale.items, known, place, file)
        if scale.minimum >= scale.maximum:
            raise CatalogueError(file, place, f"range {scale.minimum} to {scale.maximum}", "Let it rise")
        _missing(scale.missing, f"{place}.missing", file)
        _precision(scale.precision, f"{place}.precision", file)
        for norm in scale.norms:
            if norm.sd <= 0 or not scale.minimum <= norm.mean <= scale.maximum:
                raise CatalogueError(file, f"{place}.norms", f"{norm.mean} ({norm.sd})", "Check the figures")
        for cut in scale.cutoffs:
            if not scale.minimum <= cut.value <= scale.maximum:
                raise CatalogueError(
                    file, f"{place}.cutoffs", f"{cut.value} is out of range", "Check the figure or the range"
                )
        for change in scale.reliable_change:
            if not 0 < change.amount < scale.maximum - scale.minimum:
                raise CatalogueError(file, f"{place}.reliable_change", f"{change.amount}", "Check the figure")


def _missing(rule: MissingRule, place: str, file: str) -> None:
    if not 0 < rule.share <= 1 or (rule.kind == "all" and rule.share != 1):
        raise CatalogueError(file, f"{place}.share", f"{rule.share}", "Give a share above 0 and up to 1")


def _precision(precision: Precision | None, place: str, file: str) -> None:
    if precision is None:
        return
    if precision.reliability is not None and not 0 < precision.reliability < 1:
        raise CatalogueError(file, f"{place}.reliability", f"{precision.reliability}", "It lies between 0 and 1")
    if precision.sd is not None and precision.sd <= 0:
        raise CatalogueError(file, f"{place}.sd", f"{precision.sd}", "It is above 0")
    if not precision.source.strip():
        raise CatalogueError(file, f"{place}.source", "empty", "Say where it comes from, or that it is assumed")


def _forms(instrument: Instrument, file: str) -> None:
    known = {item.code for item in instrument.items}
    if known and FULL not in instrument.forms:
        raise CatalogueError(file, "forms", "the full form is missing", "Every measure with items has one")
    scales = {scale.code for scale in instrument.scales}
    for form in instrument.forms.values():
        place = f"forms.{form.code}"
        _once(place, form.items, file)
        _known(form.items, known, place, file)
        for code, precision in form.precision.items():
            if code not in scales:
                raise CatalogueError(file, f"{place}.precision", f"unknown scale {code!r}", "Name a scale")
            _precision(precision, f"{place}.precision.{code}", file)


def _variants(instrument: Instrument, file: str) -> None:
    known = {item.code for item in instrument.items}
    for order in instrument.orders:
        place = f"orders.{order.code}"
        if len(order.positions) != len(known) or len(set(order.positions)) != len(known):
            raise CatalogueError(file, place, "not one position an item", f"Give {len(known)} different ones")
        if min(order.positions) < 1:
            raise CatalogueError(file, place, "a position below 1", "Count from 1")
    for coding in instrument.codings:
        _known(coding.turned, known, f"codings.{coding.code}", file)


def _golden(instrument: Instrument, file: str) -> None:
    scales = {scale.code for scale in instrument.scales}
    for case in instrument.golden:
        place = f"golden.{case.name}"
        if case.form not in instrument.forms:
            raise CatalogueError(file, place, f"unknown form {case.form!r}", "Name a form of the measure")
        asked = instrument.forms[case.form].items
        if len(case.answers) != len(asked):
            raise CatalogueError(
                file,
                place,
                f"{len(case.answers)} answers for {len(asked)} items",
                'Give one an item, "-" if missing',
            )
        for code, answer in zip(asked, case.answers, strict=True):
            item = instrument.item(code)
            if answer is not None and not item.minimum <= answer <= item.maximum:
                raise CatalogueError(file, place, f"{answer} is out of the range of {code}", "Check the row")
        _known(case.scores, scales, place, file)


def _known(codes: Iterable[str], known: set[str], place: str, file: str) -> None:
    for code in codes:
        if code not in known:
            raise CatalogueError(file, place, f"unknown {code!r}", f"Known: {', '.join(sorted(known))}")


def _once(place: str, codes: Iterable[str], file: str) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise CatalogueError(file, place, f"{code} stands there twice", "Name each once")
        seen.add(code)


def _same(place: str, given: Iterable[str], wanted: Iterable[str], file: str) -> None:
    given, wanted = list(given), list(dict.fromkeys(wanted))
    for code in wanted:
        if code not in given:
            raise CatalogueError(file, place, f"{code} has no wording", f"Add {code} to [{place}]")
    for code in given:
        if code not in wanted:
            raise CatalogueError(file, f"{place}.{code}", "the measure has no such thing", "Remove it")
