"""The one-machine run: PostgreSQL, Redis and a mail server on `var/`, and who watches them."""
