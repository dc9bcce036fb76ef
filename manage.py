"""Django's command line; `make run` is the way in for newcomers."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
    execute_from_command_line(sys.argv)
