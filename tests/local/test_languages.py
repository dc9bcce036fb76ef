"""A language is a line of the settings and its catalogue: nothing else names the languages."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po, write_po
from django.db import connection

from connect.local.places import BASE
from tests.languages import CODES


def write_pseudo_catalogue(locale):
    """Translate every text of the product into itself, in brackets."""
    with open(locale / "fr" / "LC_MESSAGES" / "django.po", "rb") as file:
        catalogue = read_po(file, locale="eo")
    for message in catalogue:
        if isinstance(message.id, tuple):
            message.string = tuple(f"[{text}]" for text in message.id)
        elif message.id:
            message.string = f"[{message.id}]"
    folder = locale / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with open(folder / "django.po", "wb") as file:
        write_po(file, catalogue)


@pytest.mark.django_db
def test_a_language_is_a_line_of_the_settings_and_its_catalogue(tmp_path):
    for path in (BASE / "install.py", *BASE.glob("requirements*.txt")):
        shutil.copy(path, tmp_path)
    shutil.copytree(BASE / "locale", tmp_path / "locale")
    (tmp_path / ".venv").symlink_to(BASE / ".venv")
    write_pseudo_catalogue(tmp_path / "locale")
    site = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.pseudo_language",
        "CONNECT_DATABASE": connection.settings_dict["NAME"],
        "LOCALE": str(tmp_path / "locale"),
    }

    subprocess.run([sys.executable, tmp_path / "install.py", "--dev"], check=True)
    words = [sys.executable, "-m", "tests.pseudo_language"]
    said = subprocess.run(words, cwd=BASE, env=site, check=True, stdout=subprocess.PIPE).stdout

    assert json.loads(said) == {
        "switcher": True,
        "page": True,
        "written to": "eo",
        "letter": True,
        "choice": True,
        "error page": True,
        "checked": [*CODES[1:], "eo"],
        "lacking": [],
        "day": "2027-03-03",
    }
