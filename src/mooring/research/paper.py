"""A report as a PDF that screen readers can read (PDF/UA-1), set by typst."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mooring.charts.tokens import theme
from mooring.kit.refused import Refused
from mooring.research.page import drawn
from mooring.research.report import Block, Grid, Heading, Points, Prose, Report, Side


def paper(report: Report) -> bytes:
    """Raises Refused where typst or the renderer of the pictures is not installed."""
    try:
        import typst
    except ImportError:
        raise Refused("--pdf", "nothing here sets a PDF", "pip install typst.") from None
    with tempfile.TemporaryDirectory() as folder:
        pictures: list[str] = []
        body = "\n\n".join(_block(block, pictures) for block in report.blocks)
        for number, picture in enumerate(pictures):
            (Path(folder) / f"{number}.svg").write_text(picture, encoding="utf-8")
        source = Path(folder) / "report.typ"
        source.write_text(_head(report) + body, encoding="utf-8")
        # No fonts of this machine's user beyond the system's; no packages are fetched.
        made: bytes = typst.compile(str(source), format="pdf", pdf_standards=["ua-1"])
    return made


def _head(report: Report) -> str:
    ink = theme("light")
    return f"""
#set document(title: {_string(report.title)})
#set page(paper: "a4", margin: 18mm, numbering: "1")
#set text(lang: "en", size: 10pt, fill: rgb("{ink["ink"]}"), fallback: true)
#set text(font: ("Noto Sans", "Roboto", "DejaVu Sans", "Libertinus Serif"))
#set par(leading: 0.7em)
#show heading.where(level: 1): set text(size: 18pt, weight: "regular")
#show heading.where(level: 2): set text(size: 13pt, weight: "medium")
#show heading.where(level: 2): it => block(above: 1.6em, below: 0.9em, it)
#show figure.caption: set align(left)
#show figure.caption: set text(size: 8pt, fill: rgb("{ink["ink-soft"]}"))
#set table(stroke: (x, y) => if y > 0 {{ (top: 0.4pt + rgb("{ink["line"]}")) }}, inset: (x: 4pt, y: 3pt))
#show table: set text(size: 7.5pt)
#title()
"""


def _block(block: Block, pictures: list[str]) -> str:
    if isinstance(block, Heading):
        return f"#heading(level: {block.level - 1}, {_string(block.text)})"
    if isinstance(block, Prose):
        return f"#par({_string(block.text)})"
    if isinstance(block, Points):
        items = "#list(" + ", ".join(f"[#{_string(text)}]" for text in block.texts) + ")"
        if not block.warning:
            return items
        return f'#block(fill: rgb("{theme("light")["talk-wash"]}"), inset: 8pt, width: 100%)[{items}]'
    if isinstance(block, Grid):
        return _grid(block)
    assert isinstance(block, Side)
    figures = []
    for one in block.pictures:
        pictures.append(drawn(one, "light"))
        image = f'image("{len(pictures) - 1}.svg", width: 78mm, alt: {_string(one.words)})'
        figures.append(f"figure({image}, caption: [#{_string(one.words)}], supplement: none, numbering: none)")
    columns = ", ".join(["1fr"] * max(2, len(figures)))
    return f"#grid(columns: ({columns}), gutter: 8mm, {', '.join(figures)})"


def _grid(block: Grid) -> str:
    align = ", ".join(["left", *["right"] * (len(block.head) - 1)])
    head = ", ".join(f"[#{_string(cell)}]" for cell in block.head)
    rows = ",\n".join(", ".join(f"[#{_string(cell)}]" for cell in row) for row in block.rows)
    table = f"table(columns: {len(block.head)}, align: ({align}), table.header({head}),\n{rows})"
    caption = f"figure.caption(position: top, [#{_string(block.caption)}])"
    named = f"kind: table, caption: {caption}, supplement: none, numbering: none"
    return f"#show figure: set block(breakable: true)\n#figure({table}, {named})"


def _string(text: str) -> str:
    """As typst writes a string: nothing in it is markup."""
    plain = "".join(c for c in text if c.isprintable() or c == " ")
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
