"""Name the step in the keys of reminders, in place of its days: whoever was reminded stays so."""

import re

from django.db import migrations

RENAMED = {
    r"^match:\d+:asked:\d+:{}:": {"day5": "first", "day9": "second"},
    r"^draft:\d+:{}:": {
        "closing-7": "closing-first",
        "closing-2": "closing-last",
        "idle-7": "idle-first",
        "idle-21": "idle-second",
    },
    r"^correction:\d+:{}:": {"5": "first", "1": "last"},
    r"^scores:\d+:[\d-]+:{}:": {"7": "first", "2": "last"},
    r"^call:\d+:{}:": {"closing-14": "closing-first", "closing-3": "closing-last"},
    r"^exchange:\d+:plan:{}:": {"7": "first", "21": "second", "30": "last"},
    r"^follow-up:\d+:{}:": {"-14": "ahead", "0": "due", "14": "late", "30": "last"},
    r"^evaluation:\d+:{}:": {"1": "first", "5": "second", "12": "last"},
    r"^exchange:\d+:missing:[\d-]+:{}:": {"30": "first", "14": "second", "7": "last"},
    r"^opportunity:\d+:closing:{}:": {"14": "first", "3": "last"},
}


def rename(apps, renamed):
    letters = apps.get_model("notifications", "Letter").objects.order_by("pk")
    for pattern, names in renamed.items():
        some = "(" + "|".join(map(re.escape, names)) + ")"
        read = re.compile(pattern.format(some))
        for letter in letters.filter(key__regex=read.pattern).only("key").iterator():
            found = read.match(letter.key)
            begin, end = found.span(1)
            key = letter.key[:begin] + names[found[1]] + letter.key[end:]
            if not letters.filter(key=key).exists():
                letters.filter(pk=letter.pk).update(key=key)


def name_steps(apps, schema_editor):
    rename(apps, RENAMED)


def name_days(apps, schema_editor):
    back = {pattern: {new: old for old, new in names.items()} for pattern, names in RENAMED.items()}
    rename(apps, back)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0014_letter_burst")]
    operations = [migrations.RunPython(name_steps, name_days, elidable=True)]
