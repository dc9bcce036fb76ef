"""Starting and stopping the processes of the one-machine run."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """One line that says what to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dies_with_parent(number: int) -> Callable[[], None] | None:
    """Return what a child does first: ask the kernel for a signal when its parent dies.

    So a supervisor ended by SIGKILL leaves no server behind. Linux only; elsewhere the
    next start clears what is left.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def request_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died meanwhile
            os._exit(1)

    return request_signal


class Child:
    """A process of its own session, so that Ctrl-C reaches the supervisor alone."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        **options: Any,
    ) -> None:
        self.name, self.stop_signal, self.log = name, stop_signal, log
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=dies_with_parent(stop_signal),  # noqa: PLW1509 - no threads yet
                **options,
            )

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if not self.has_ended():
            self.process.send_signal(self.stop_signal)

    def wait(self, seconds: float) -> None:
        """Wait `seconds` for the end, then end by force whatever is left of the session."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        # A master that was killed may have left children of its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_log_line(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def wait_until(ready: Callable[[], bool], child: Child, seconds: float = 30) -> None:
    """Ask `ready()` until it says yes; raises CannotStart if the child ends or time is up."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.has_ended():
            raise CannotStart(f"{child.name} stopped: {child.last_log_line()} (log: {child.log})")
        if time.monotonic() > deadline:
            raise CannotStart(f"{child.name} is not ready after {seconds} s (log: {child.log})")
        time.sleep(0.05)
