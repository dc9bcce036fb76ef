"""A server that speaks ClamAV's INSTREAM and knows one virus: the outside world's part."""

import contextlib
import socket
import threading

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def look_honestly(seen):
    return b"stream: Eicar-Test FOUND\0" if EICAR in seen else b"stream: OK\0"


def receive(asked):
    """Read the pieces of a file; None where the client speaks otherwise than clamd(8) says."""
    if asked.read(10) != b"zINSTREAM\0":
        return None
    seen = b""
    while size := int.from_bytes(asked.read(4), "big"):
        seen += asked.read(size)
    return seen


@contextlib.contextmanager
def scanning(look=look_honestly, receive=receive):
    """Serve on a free port; give its address. look: (bytes of a file) -> what is answered."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                line, _address = listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as asked:
                seen = receive(asked)
                line.sendall(b"UNKNOWN COMMAND\0" if seen is None else look(seen))

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()
