"""A real IMAP server for the mailbox of e-mails that come back."""

import contextlib

from connect.local.children import free_port
from connect.local.mailserver import is_listening
from connect.mail import MailServer
from tests.conftest import process, wait_for


@contextlib.contextmanager
def imap_server():
    """An IMAP server with one mailbox, of `u` with the password `p`."""
    port = free_port()
    words = ["tests.notifications.imap_server", "--host", "127.0.0.1", "--port", str(port)]
    words += ["--no-tls", "dict", "--demo-user", "u", "--demo-password", "p"]
    with process("imap", *words):
        wait_for(lambda: is_listening(port))
        yield MailServer("127.0.0.1", port, "u", "p", starttls=False, ssl=False)
