"""Codes that differ only in what people overlook: K-07, k-07, "K 07", 7 and 7.0. Said, not decided: they may be two."""

import re
import unicodedata
from collections.abc import Iterable

_MOST = 5


def notices(codes: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each pair: a code of the file and the first one, of the clinic or the file, that it resembles."""
    first: dict[str, str] = {}
    for code in known:
        first.setdefault(_overlooked(code), code)
    pairs = []
    for code in codes:
        other = first.setdefault(_overlooked(code), code)
        if other != code:
            pairs.append((code, other))
    said = [
        f"“{code}” and “{other}” are taken for two people. If they are one, write them alike." for code, other in pairs
    ]
    if len(said) > _MOST:
        said[_MOST:] = [f"… and {len(said) - _MOST:,} more that differ only in capitals, blanks or dashes."]
    return said


def _overlooked(code: str) -> str:
    text = re.sub(r"\.0+$", "", unicodedata.normalize("NFKC", code).casefold())
    return re.sub(r"[\s\u2010-\u2015\u2212_-]+", "", text) or code
