"""`make demo`: the clinic on localhost, filled once, kept until reset."""

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from mooring.demo.folder import empty

Tell = Callable[[str], None]


class DemoRunning(OSError):
    """Another process serves the demonstration."""

    def __init__(self) -> None:
        super().__init__("The demonstration is running. Stop it first (Ctrl+C where it was started).")


class DemoUnreadable(OSError):
    """The demonstration's database or keyring is damaged; nothing was taken away."""

    def __init__(self, home: Path, why: str) -> None:
        super().__init__(
            f"The demonstration in {home} cannot be read ({why}). `make demo-reset` starts it over; what was entered"
            " in it is lost then."
        )


def serve(port: int, tell: Tell, *, calibrated: bool = False) -> None:
    """Fill the demonstration if it is new, say how to get in, and serve; raises PortTaken or DemoUnreadable.

    Calibrated: a made-up survey is answered as well, once, and the clinic's scores rest on what it teaches.
    """
    django.setup()
    from mooring.demo.settings import HOME
    from mooring.web import serving

    serving.require_free(port)
    with _alone(HOME):
        _fill(tell)
        if calibrated:
            _calibrate(tell)
        _greet(port, tell)
        serving.run(port)


def reset(tell: Tell) -> None:
    """Forget what was entered and fill the clinic anew; raises DemoRunning."""
    from mooring.demo.settings import HOME

    with _alone(HOME):
        empty(HOME)
        django.setup()
        _fill(tell)
    tell("The demonstration starts over.")


def _fill(tell: Tell) -> None:
    from django.db import DatabaseError, connections
    from django.utils import timezone

    from mooring.demo import seed
    from mooring.demo.settings import HOME
    from mooring.privacy.keyring import KeyringUnusable
    from mooring.web import serving

    whole = HOME / "filled"
    if not whole.exists():
        # A first start that was interrupted: begin again rather than show half a clinic.
        empty(HOME)
    try:
        if whole.exists():
            _require_sound()
        serving.prepare(tell)
        if whole.exists() and not seed.is_there():
            tell("The demonstration's clinic is gone from its folder; it is made anew.")
            connections.close_all()
            empty(HOME)
            serving.prepare(tell)
    except (DatabaseError, KeyringUnusable) as error:
        raise DemoUnreadable(HOME, str(error)) from error
    if whole.exists():
        return
    started = time.monotonic()
    tell("Filling the demonstration clinic (once) ...")
    seed.seed(timezone.now(), lambda line: tell(f"  {line}"))
    whole.touch()
    tell(f"  done in {time.monotonic() - started:.0f} s")


def _calibrate(tell: Tell) -> None:
    from django.utils import timezone

    from mooring.demo import survey
    from mooring.demo.settings import HOME

    whole = HOME / "calibrated"
    if whole.exists():
        return
    started = time.monotonic()
    tell("Answering a made-up survey and calibrating the questions with it (once) ...")
    for line in survey.calibrated(timezone.now(), lambda line: tell(f"  {line}")):
        tell(f"  {line}")
    whole.touch()
    tell(f"  done in {time.monotonic() - started:.0f} s")


def _require_sound() -> None:
    """Raises DatabaseError where a page of the database was cut off or overwritten."""
    from django.db import DatabaseError, connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        (found,) = cursor.fetchone()
    if found != "ok":
        raise DatabaseError(found)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the demonstration, so that nobody empties it while it serves; raises DemoRunning."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoRunning from error
        yield


def _greet(port: int, tell: Tell) -> None:
    from mooring.demo import seed

    tell("")
    tell(f"  Mooring's demonstration clinic:  http://localhost:{port}/")
    tell("")
    tell("  One click on that page makes you somebody. To sign in by hand:")
    for email in ("sarah@demo.example", "john@demo.example", "ines@demo.example"):
        tell(f"    {email:22} password: {seed.PASSWORD}")
    tell("")
    tell("  What you enter stays until `make demo-reset`. Stop with Ctrl+C.")
    sys.stdout.flush()


assert os.environ.get("DJANGO_SETTINGS_MODULE") == "mooring.demo.settings", "only the demonstration fills itself"
