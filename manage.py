#!/usr/bin/env python
"""Django's own commands, for developers (makemigrations, shell). Everyone else uses `mooring`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mooring.web.settings")
    execute_from_command_line(sys.argv)
