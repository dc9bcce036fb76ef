"""Reads one file that somebody sent, in a process that can do little else.

`python -I connect/readers <kind> <limits>` reads the file at its standard input and writes what it
holds as lines of JSON, then a last line that says whether that was all of it. No Django, no
settings, an empty environment; once the reader is loaded, no file or connection can be opened.
"""

import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from refusal import ReadRefused

READERS = {
    "docx": "documents",
    "xlsx": "tables",
    "csv": "tables",
    "picture": "pictures",
    "heic": "heic",
    "pdf": "pdfs",
    "mail": "mails",
}
# Its decoder begins one, and the user's other processes may begin some meanwhile.
THREADS = {"heic": 64}


def limit_resources(memory: int, seconds: int, patience: int) -> None:
    """Set limits by which the system stops a reader that takes too much."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # One second between the signal that names the reason and the one that does not.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(patience)


def deny_access(threads: int) -> None:
    """Deny files, connections and processes from here on: what is needed is loaded.

    threads: how many it may begin; the system counts them with all others of this user.
    """
    others = tasks_of_user() if threads else 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (others + threads, others + threads))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def tasks_of_user() -> int:
    """Count the threads of all processes of this user; 0 where the system does not tell."""
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            if os.stat(f"/proc/{pid}").st_uid == os.getuid():
                count += len(os.listdir(f"/proc/{pid}/task"))
        except OSError:
            continue  # it ended meanwhile, or is nobody's business
    return count


def write_line(line: dict[str, Any], output: int) -> int:
    """Write a line; return how many bytes of output are left."""
    data = json.dumps(line).encode() + b"\n"
    if len(data) > output:
        raise ReadRefused("output")
    sys.stdout.buffer.write(data)
    return output - len(data)


def run_reader(
    reader: Callable[..., Iterator[Any]], output: int, options: dict[str, Any]
) -> dict[str, Any]:
    """Write what the reader finds; return the last line."""
    try:
        for piece in reader(sys.stdin.buffer, **options):
            output = write_line({"piece": piece}, output)
    except ReadRefused as refusal:
        return {"refused": refusal.code}
    except MemoryError:
        return {"refused": "memory"}
    except RecursionError:
        return {"refused": "nesting"}
    except Exception:
        # Readers raise all there is over a file made to do harm: it cannot be read.
        return {"refused": "unreadable"}
    return {"whole": True}


def main(kind: str, limits: str) -> None:
    arguments = json.loads(limits)
    limit_resources(arguments["memory"], arguments["seconds"], arguments["patience"])
    reader = getattr(importlib.import_module(READERS[kind]), kind)
    deny_access(THREADS.get(kind, 0))
    last = run_reader(reader, arguments["output"], arguments["options"])
    sys.stdout.buffer.write(json.dumps(last).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
