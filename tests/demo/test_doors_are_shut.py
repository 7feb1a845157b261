"""Becoming somebody with one click exists in the demonstration and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

TRY = """
import os, django
from importlib import import_module
os.environ["DJANGO_SETTINGS_MODULE"] = "mooring.web.settings"
from django.conf import settings
settings.INSTALLED_APPS.insert(0, "mooring.demo.apps.DemoConfig")
{more}
django.setup()
"""


def run(code: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    env = {**kept, "MOORING_DATA": str(tmp_path / "clinic"), **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, cwd=tmp_path
    )


def test_a_clinic_has_no_door() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("enter", args=["ines"])


def test_a_clinic_that_installs_the_demonstration_does_not_start(tmp_path: Path) -> None:
    result = run(TRY.format(more=""), tmp_path)
    assert result.returncode != 0
    assert "mooring.demo.settings only" in result.stderr


def test_nor_does_it_start_when_it_claims_to_be_the_demonstration(tmp_path: Path) -> None:
    result = run(TRY.format(more="settings.MOORING_DEMO = True"), tmp_path)
    assert result.returncode != 0
    assert ImproperlyConfigured.__name__ in result.stderr


def test_an_environment_variable_does_not_open_it(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.conf import settings; from django.urls import get_resolver;"
        "print(getattr(settings, 'MOORING_DEMO', False), 'enter' in get_resolver().reverse_dict)"
    )
    result = run(code, tmp_path, DJANGO_SETTINGS_MODULE="mooring.web.settings", MOORING_DEMO="1")
    assert result.stdout.split() == ["False", "False"], result.stderr


def test_the_demonstration_cannot_be_pointed_at_a_clinic(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.conf import settings;"
        "print(settings.DATABASES['default']['NAME'], settings.MOORING_KEYRING, settings.ALLOWED_HOSTS)"
    )
    result = run(
        code,
        tmp_path,
        DJANGO_SETTINGS_MODULE="mooring.demo.settings",
        MOORING_DEMO=str(tmp_path / "demo"),
        MOORING_DATABASE="postgresql://clinic:secret@localhost/clinic",
        MOORING_KEYRING=str(tmp_path / "clinic-keys" / "keyring.sqlite3"),
        MOORING_ORIGIN="https://clinic.example",
    )
    assert result.returncode == 0, result.stderr
    assert str(tmp_path / "demo") in result.stdout
    assert "clinic" not in result.stdout
