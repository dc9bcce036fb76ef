"""`python -m tests.notifications.imap_server …`: pymap, which is a command and no module."""

import sys

from pymap.main import main

if __name__ == "__main__":
    sys.exit(main())
