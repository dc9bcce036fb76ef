"""The loopback mail server: saves each letter it gets as a file of `var/mail`.

`python -m connect.local.mailserver PORT` runs until it is told to stop.
"""

import asyncio
import os
import signal
import socket
import sys
import time

from aiosmtpd.smtp import SMTP, Envelope, Session

from connect.local import places
from connect.local.children import Child, free_port, wait_until

FOLDER = places.VAR / "mail"


class Keep:
    """Write a letter to disk before it is acknowledged."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{time.time_ns()}-{os.getpid()}.eml"
        unfinished = FOLDER / f"{name}.part"  # no reader of *.eml may meet half a letter
        with open(unfinished, "wb") as file:
            file.write(envelope.original_content or b"")
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(FOLDER / name)
        return "250 OK"


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Keep(), hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", port
    )
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with server:
        await stop.wait()


def start_mail_server(port: int | None = None) -> Child:
    """Start the server as a process, on this port or a free one; return the child that answers."""
    FOLDER.mkdir(exist_ok=True)
    port = port or free_port()
    child = Child(
        "The mail server",
        [sys.executable, "-m", "connect.local.mailserver", str(port)],
        log=places.VAR / "log" / "mail.log",
        cwd=places.BASE,
    )
    places.save_ports(mail=port)
    wait_until(lambda: is_listening(port), child)
    return child


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
