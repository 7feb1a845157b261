"""Log lines without anybody's words: a route instead of an address, no e-mail addresses, no rows of the database."""

import logging
import re

# An address can hold an invitation's secret, or whatever a visitor typed.
_MAIL = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")
# PostgreSQL quotes the row that it refused.
_ROW = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)
_ROUTES_WITH_SECRETS = re.compile(r"/(join|reset/key|confirm-email)/[^/\s]+")


class DiscreetFormatter(logging.Formatter):
    """Formats a record as usual, then leaves out what does not belong in a log."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(_by_route(record)))


def discreet(text: str) -> str:
    """The text without e-mail addresses, secrets of links, and rows of the database."""
    text = _ROW.sub(r"\1: left out", text)
    text = _ROUTES_WITH_SECRETS.sub(r"/\1/…", text)
    return _MAIL.sub("…@…", text)


def _by_route(record: logging.LogRecord) -> logging.LogRecord:
    """The record with its request's route in the place of the path."""
    request = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if path is None or not isinstance(record.args, tuple):
        return record
    match = getattr(request, "resolver_match", None)
    named = match.view_name if match is not None else "an address that is not ours"
    copy = logging.makeLogRecord(record.__dict__)
    copy.args = tuple(named if argument == path else argument for argument in record.args)
    return copy
