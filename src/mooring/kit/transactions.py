"""One way to write: a transaction that two threads of the process do not fight over."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction

# SQLite has one writer. Threads that queue here wait in order; threads that queue inside SQLite poll
# and can starve. Other processes (an import, `mooring work`) still meet at SQLite's own timeout, so
# each of their transactions has to stay short, and a long run of them has to leave gaps.
_one_writer = threading.RLock()
BREATH = 1 / 3
"""Of a transaction's own time. SQLite's waiters look every 0.1 s: of 20 s the lock is then free at a quarter of some
200 looks, where one transaction right after the other leaves them to fail with “database is locked”."""


@contextmanager
def write() -> Iterator[None]:
    """A write transaction: everything in it is kept, or nothing is."""
    waiting = _one_writer if connection.vendor == "sqlite" else nullcontext()
    with waiting, transaction.atomic():
        yield


def breathe(took: float) -> None:
    """Pause between the transactions of a long run, the last of which took so many seconds."""
    if connection.vendor == "sqlite":
        time.sleep(took * BREATH)
