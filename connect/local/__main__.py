"""`python -m connect.local`: start everything, watch it, stop it cleanly."""

import sys

from connect.local.supervisor import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
