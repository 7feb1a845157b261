"""What is printed: the map, the problems, what the check found, what was written."""

import unicodedata
from collections.abc import Sequence

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mooring.catalogue.naming import Target
from mooring.checkins.imports.cells import Unfolded
from mooring.checkins.imports.check import Precise
from mooring.checkins.imports.columns import OPEN, ColumnMap
from mooring.checkins.imports.load import Loaded
from mooring.checkins.imports.names import PERSON, REPLICATE, WHEN
from mooring.checkins.imports.parts import Part
from mooring.checkins.imports.precision import FEWEST_PERSONS
from mooring.checkins.imports.read import Source
from mooring.checkins.imports.risk import unseen
from mooring.checkins.imports.stored import Compared
from mooring.kit.records import SEPARATORS

MOST_LINES = 1000
MOST_RISKS = 50
RUN = ("…", "…")
SHAPES = {
    "occasions": "a row is an occasion",
    "answers": "a row is an answer",
    "persons": "a row is a person, their occasions side by side",
}


def show_map(console: Console, columns: ColumnMap, source: Source) -> None:
    """Which column becomes what, and which ones are left out."""
    parted = f"parted by {SEPARATORS[source.separator]}s" if source.separator else "Parquet"
    say(console, f"{source.path.name}: {len(source.columns)} columns, {parted}; {SHAPES[columns.shape]}.")
    table = _table("Column", "Holds", "First value")
    for name, holds in _shortened(_held(columns)):
        sample = source.sample[name].drop_nulls() if name in source.columns else pl.Series([], dtype=pl.String)
        # The person's column is not shown: it may hold a name by mistake.
        first = "" if name == columns.person or sample.is_empty() else str(sample[0])
        _row(table, name, holds, first)
    console.print(table)
    used = {name for name, _ in _held(columns)}
    left = [name for name in source.columns if name not in used]
    if left:
        say(console, f"Not imported: {', '.join(left)}.")


def show_problems(console: Console, found: pl.DataFrame, title: str) -> None:
    """Each problem with its place, then each mend once."""
    say(console, f"\n{title}", style="bold")
    table = _table("Row", "Column", "In the file", "What is wrong")
    for row, column, value, wrong, _ in found.head(MOST_LINES).iter_rows():
        _row(table, "all" if row is None else str(row), column, value or "", wrong)
    console.print(table)
    if found.height > MOST_LINES:
        say(console, f"… and {found.height - MOST_LINES:,} more; --problems FILE.csv writes every one.")
    for mend in found["mend"].unique(maintain_order=True).head(20):
        say(console, f"→ {mend}")


def show_contents(console: Console, unfolded: Unfolded) -> None:
    """How much the file holds, measure by measure."""
    table = _table("Measure", "About", "People", "Occasions", "Answers")
    for part, block in unfolded.blocks:
        answers = int(block.select(pl.sum_horizontal(pl.col(part.codes).count())).item() or 0)
        what = f"{part.key}, {'totals' if part.totals else _items(part)}"
        people, occasions = block[PERSON].n_unique(), block.select(PERSON, WHEN, REPLICATE).n_unique()
        _row(table, what, part.figure or _about(part), f"{people:,}", f"{occasions:,}", f"{answers:,}")
    console.print(table)
    for part, _ in unfolded.blocks:
        absent = [] if part.totals else [code for code in part.items if code not in part.codes]
        if absent:
            say(console, f"{part.key}: no column for {', '.join(absent)}; missing throughout.")
    for key, (low, high) in {
        part.key: part.declared_range for part, _ in unfolded.blocks if part.declared_range
    }.items():
        say(console, f"{key}: given from {low:g} to {high:g}, which is not the key's range: no norms, no borders.")
    if unfolded.decimal_commas:
        say(console, f"Read with a decimal comma: {counted(unfolded.decimal_commas, 'number')}.")
    if unfolded.repeated:
        times = counted(unfolded.repeated, "time", "times")
        say(console, f"Said again in the file, alike: {times}; it counts once.")


def show_precision(console: Console, precise: Sequence[Precise]) -> None:
    """Where errors come from when the key has none for such answers."""
    for one in precise:
        measured, there = one.measured, one.existing
        name = f"{measured.instrument.key} {measured.scale}"
        reliability = measured.reliability if there is None else there.reliability
        if there is not None:
            said = f"as the clinic measured it before ({there.source})"
        elif measured.sd is None:
            few = measured.persons < FEWEST_PERSONS
            people = counted(measured.persons, "person", "people")
            why = f"{people}, {FEWEST_PERSONS} are needed" if few else "no spread"
            said, reliability = f"none confirmed, and none from this file ({why})", None
        else:
            said = (
                f"this file's own: mean {measured.mean:.2f}, standard deviation {measured.sd:.2f}, first occasion of"
                f" {measured.persons:,} people; {measured.how}. A clinic reference, not a norm"
            )
        end = "scores without error, no river" if reliability is None else f"reliability {reliability:.2f}"
        say(console, f"Precision of {name}: {said}; {end}.")


def show_risks(console: Console, risks: pl.DataFrame, unfolded: Unfolded) -> None:
    """Endorsed risk items. Nobody was alerted by them, and nobody will be."""
    for key in unseen(unfolded.blocks):
        say(console, f"{key} has a risk item; totals do not show how it was answered.")
    if risks.is_empty():
        return
    count = counted(risks.height, "endorsed answer to a risk item", "endorsed answers to risk items")
    say(console, f"\n{count}. Historical: nobody was alerted. The latest first:", style="bold")
    table = _table("Person", "When", "Item", "Answer")
    for person, when, measure, item, answer, _ in risks.head(MOST_RISKS).iter_rows():
        _row(table, person, when, f"{measure} {item}", f"{answer:g}")
    console.print(table)
    if risks.height > MOST_RISKS:
        say(console, f"… and {risks.height - MOST_RISKS:,} more; --risks FILE.csv writes every one.")


def show_people(console: Console, compared: Compared) -> None:
    """Who is new, who is known."""
    said = [counted(compared.new, "new person", "new people")]
    if compared.joined:
        said.append(f"{compared.joined:,} the clinic has already, with new answers")
    if compared.complete:
        said.append(f"{len(compared.complete):,} it has already, with nothing new")
    say(console, f"{'; '.join(said)}.")


def show_loaded(console: Console, done: Loaded, unchanged: int, seconds: float) -> None:
    """The end summary."""
    if not done.blocks:
        say(console, "\nEverything was there already. Nothing changed.", style="bold")
    else:
        say(
            console,
            f"\n{counted(done.people, 'person', 'people')}, {counted(done.checkins, 'check-in')},"
            f" {counted(done.blocks, 'block of answers', 'blocks of answers')} imported in {seconds:.1f} s;"
            f" {counted(done.signals, 'historical signal')}. Nobody was notified.",
            style="bold",
        )
        if unchanged:
            say(console, f"There already, unchanged: {counted(unchanged, 'person', 'people')}.")
    if done.erased:
        codes = ", ".join(done.erased[:20])
        say(
            console,
            f"Erased here before, and not brought back: {counted(len(done.erased), 'person', 'people')} ({codes}).",
        )


def _held(columns: ColumnMap) -> list[tuple[str, str]]:
    time, answers = columns.time, columns.answers
    reading = "how to read it is open" if time.reading == OPEN else time.reading
    held = [(columns.person, "the person's code")]
    held += [(time.column, f"the time ({reading})"), (time.start_column, "each person's day 0")]
    held.append((columns.figure, "about whom"))
    if answers is not None:
        names = {one.named or one.key for one in columns.measures}
        measures = ", ".join(sorted(names))
        held += [(answers.measure, f"the measure: {measures}"), (answers.item, _items_named(columns))]
        held.append((answers.value, "the answer"))
    else:
        for entry in columns.measures:
            held += [(name, f"{entry.key} {Target.read(text)}") for name, text in entry.columns.items()]
    return [(name, what) for name, what in held if name]


def _shortened(held: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Runs that count up on both sides, Q1 → ecr_1 to Q36 → ecr_36, as their two ends."""
    shown: list[tuple[str, str]] = []
    for place, pair in enumerate(held):
        before = place > 0 and _follows(held[place - 1], pair)
        after = place + 1 < len(held) and _follows(pair, held[place + 1])
        if before and after:
            if shown[-1] != RUN:
                shown.append(RUN)
        else:
            shown.append(pair)
    return shown


def _follows(first: tuple[str, str], second: tuple[str, str]) -> bool:
    return all(_counted_up(one) == other for one, other in zip(first, second, strict=True))


def _counted_up(text: str) -> str | None:
    """ "ecr_10" after "ecr_9"; None where nothing is counted at the end."""
    stem = text.rstrip("0123456789")
    return f"{stem}{int(text[len(stem) :]) + 1}" if len(stem) < len(text) else None


def _items_named(columns: ColumnMap) -> str:
    count = sum(len(entry.columns) for entry in columns.measures)
    return f"the item: {count} known"


def _items(part: Part) -> str:
    return f"{len(part.codes)} of {len(part.items)} items" if len(part.codes) < len(part.items) else "items"


def _about(part: Part) -> str:
    return "as the file says" if part.instrument.per_figure else ""


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(Text(_seen(cell)) for cell in cells))


def _seen(text: str) -> str:
    """What stands in a file must not steer the terminal."""
    return "".join("�" if unicodedata.category(one) == "Cc" and one not in "\n\t" else one for one in text)


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 person", "2,000 people"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def say(console: Console, text: str, style: str | None = None) -> None:
    """A line of text as it is: what stands in a file is no markup."""
    console.print(_seen(text), style=style, markup=False, highlight=False, soft_wrap=True)
