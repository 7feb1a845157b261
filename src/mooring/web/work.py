"""`mooring work`: what happens by time. One polling loop, idempotent per due date, safe to kill at any line."""

import logging
import signal
import threading
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from mooring.checkins.schedule import schedule_all
from mooring.checkins.silence import raise_silence

EVERY_SECONDS = 60.0
log = logging.getLogger(__name__)


def work(*, once: bool = False) -> None:
    """Do one round, or rounds until terminated."""
    stop = threading.Event()
    if not once:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    while True:
        one_round(timezone.now())
        if once or stop.wait(EVERY_SECONDS):
            return


def one_round(at: datetime) -> None:
    """Put due check-ins down ahead of time, and notice who has gone quiet."""
    close_old_connections()
    schedule_all(at)
    raise_silence(at)
