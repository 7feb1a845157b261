"""Get the installation ready and serve it. Only on localhost: a proxy brings the outside and https."""

import importlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing

from django.conf import settings
from django.core.management import call_command

from mooring.instruments.publish import publish_catalogue
from mooring.people.models import Client, User
from mooring.privacy.keyring import keyring

Tell = Callable[[str], None]
ADDRESS = "127.0.0.1"


class PortTaken(OSError):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken by another program. Choose another: PORT={port + 1} make demo, or --port {port + 1}."
        )


def prepare(tell: Tell) -> None:
    """Database, keyring, catalogue and static files as this version needs them. Safe to repeat."""
    prepare_database(tell)
    call_command("collectstatic", verbosity=0, interactive=False)


def prepare_database(tell: Tell) -> None:
    """Database, keyring and catalogue as this version needs them: what a command needs. Safe to repeat.

    Raises KeyringUnusable where people are in the database and their keys are not to be had.
    """
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    _keys(tell)
    publish_catalogue()


def _keys(tell: Tell) -> None:
    """Begin a keyring for a database without people; for any other it has to be there already."""
    persons = [*User.objects.values_list("pk", flat=True), *Client.objects.values_list("pk", flat=True)]
    if not persons:
        keyring().make()
    keyring().require()
    if missing := keyring().missing(persons):
        tell(
            f"The keyring {keyring().path} lacks the keys of {missing} of {len(persons)} people, so their texts cannot "
            "be read. An older copy of it? A newer one brings them back."
        )


def require_free(port: int) -> None:
    """Raises PortTaken, before anything else was started."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        # A port of a server that stopped a second ago is free, though its last connections linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise PortTaken(port) from error


def serve(port: int, tell: Tell, *, workers: int = 1) -> None:
    """Prepare, then serve until interrupted; raises PortTaken, or ValueError for workers on SQLite."""
    if workers > 1 and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        raise ValueError("SQLite is served by one process. Leave --workers at 1, or set MOORING_DATABASE.")
    require_free(port)
    prepare(tell)
    tell(f"Mooring listens on http://localhost:{port}/ . Put a proxy with https before it; stop with Ctrl+C.")
    tell(f"Invitations lead to {settings.MOORING_ORIGIN}/ (MOORING_ORIGIN).")
    run(port, workers)


def run(port: int, workers: int = 1) -> None:
    """Serve with granian and keep `mooring work` alive beside it, until interrupted."""
    granian = importlib.import_module("granian")
    constants = importlib.import_module("granian.constants")
    stop = threading.Event()
    worker = threading.Thread(target=_keep_working, args=(stop,), daemon=True)
    server = granian.Granian(
        target="mooring.web.wsgi:application",
        address=ADDRESS,
        port=port,
        interface=constants.Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    worker.start()
    try:
        server.serve()
    finally:
        stop.set()
        worker.join(timeout=10)


def _keep_working(stop: threading.Event) -> None:
    while not stop.is_set():
        child = subprocess.Popen([sys.executable, "-m", "mooring.cli", "work"], env=os.environ)
        while child.poll() is None and not stop.wait(0.5):
            pass
        if child.poll() is None:
            child.terminate()
            child.wait(timeout=10)
        elif not stop.is_set():
            time.sleep(5)
