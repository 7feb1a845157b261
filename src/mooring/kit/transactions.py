"""One way to write: a transaction that two threads of the process do not fight over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

# SQLite has one writer. Threads that queue here wait in order; threads that queue inside SQLite poll
# and can starve. Other processes (an import, `mooring work`) still meet at SQLite's own timeout, so
# each of their transactions has to stay short.
_one_writer = threading.RLock()


@contextmanager
def write() -> Iterator[None]:
    """A write transaction: everything in it is kept, or nothing is."""
    waiting = _one_writer if connection.vendor == "sqlite" else nullcontext()
    with waiting, transaction.atomic():
        yield
