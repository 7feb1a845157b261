"""A report as one HTML file: no script, nothing fetched; light, dark and print by the tokens."""

from __future__ import annotations

from html import escape

from mooring.charts.tokens import STYLESHEET
from mooring.kit.refused import Refused
from mooring.research.report import Block, Grid, Heading, Picture, Points, Prose, Report, Side

CSS = """
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: var(--text-2)/var(--lead) var(--sans); }
main { max-width: 62rem; margin: 0 auto; padding: var(--space-6) var(--space-5) var(--space-8); }
h1 { font-size: var(--text-4); font-weight: 400; line-height: var(--lead-tight); margin: 0 0 var(--space-4); }
h2 { font-size: var(--text-3); font-weight: 500; line-height: var(--lead-tight); margin: var(--space-7) 0
  var(--space-3); padding-top: var(--space-4); border-top: var(--hair) solid var(--line); }
p, ul { max-width: var(--measure); margin: 0 0 var(--space-3); }
ul { padding-left: 1.1em; } li { margin: var(--space-1) 0; }
.warning { background: var(--talk-wash); padding: var(--space-3) var(--space-4) var(--space-3) var(--space-6); }
.side { display: flex; flex-wrap: wrap; gap: var(--space-5) var(--space-7); margin: var(--space-4) 0; }
figure { margin: 0; flex: 1 1 18rem; max-width: 28rem; min-width: 0; break-inside: avoid; }
figcaption { font-size: var(--text-1); color: var(--ink-soft); margin-top: var(--space-2); }
.picture { display: block; width: 100%; height: auto; }
.table { overflow-x: auto; margin: var(--space-4) 0; }
.table:focus-visible { outline: 3px solid var(--touch); outline-offset: 2px; }
table { border-collapse: collapse; font-size: var(--text-1); font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 500; padding-bottom: var(--space-2); }
th, td { text-align: right; padding: var(--space-1) var(--space-3); border-top: var(--hair) solid var(--line);
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--ink-soft); font-weight: 500; border-top: 0; }
tbody th { font-weight: 400; }
@media print { :root { font-size: 87.5%; } main { padding: 0; } .table { overflow: visible; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } @page { size: A4; margin: 18mm; } }
"""


def page(report: Report) -> str:
    """Raises Refused where nothing can draw the pictures."""
    tokens = STYLESHEET.read_text("utf-8")
    body = "\n".join(_block(block) for block in report.blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)}</title>\n<style>\n{tokens}\n{CSS}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(report.title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Prose):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, Points):
        css = ' class="warning"' if block.warning else ""
        return f"<ul{css}>" + "".join(f"<li>{escape(text)}</li>" for text in block.texts) + "</ul>"
    if isinstance(block, Grid):
        return _grid(block)
    assert isinstance(block, Side)
    return '<div class="side">' + "".join(_figure(one) for one in block.pictures) + "</div>"


def _grid(block: Grid) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in block.rows
    )
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(block.caption)}"><table>'
        f"<caption>{escape(block.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _figure(one: Picture) -> str:
    return f"<figure>{drawn(one, 'page')}<figcaption>{escape(one.words)}</figcaption></figure>"


def drawn(one: Picture, look: str) -> str:
    """As SVG; raises Refused where nothing can draw it."""
    try:
        from mooring.charts.render import svg
    except ImportError:
        raise Refused("the pictures", "nothing here can draw them", "pip install vl-convert-python.") from None
    return svg(one.spec, "page" if look == "page" else "light", name=one.words)
