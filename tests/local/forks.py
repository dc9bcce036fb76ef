"""Runs manage.py again and again, each time in a fork of a process that holds the libraries.

They are nine tenths of a start. Nothing of ours is imported before the fork: each run reads the
environment, the settings and itself anew.
"""

import contextlib
import importlib
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent.parent
LIBRARIES = ["celery.app", "kombu.transport.redis", "babel", "environ", "django.core.management"]


@contextlib.contextmanager
def manage_in_forks(folder):
    """Yield a function that runs manage.py with words and variables, as `subprocess.run` would."""
    server = subprocess.Popen(
        [sys.executable, __file__],
        cwd=BASE,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def manage(*words, **environment):
        outputs = [folder / "stdout", folder / "stderr"]
        asked = [words, environment, [str(path) for path in outputs]]
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(words, code, *(path.read_text() for path in outputs))

    with server:
        yield manage
        server.stdin.close()


def serve():
    for name in LIBRARIES:
        importlib.import_module(name)
    sys.path[0] = os.getcwd()
    for line in sys.stdin:
        words, environment, outputs = json.loads(line)
        child = os.fork()
        if not child:
            os.environ |= environment
            for number, path in enumerate(outputs, 1):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
            sys.argv = ["manage.py", *words]
            runpy.run_path("manage.py", run_name="__main__")
            return
        _child, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
