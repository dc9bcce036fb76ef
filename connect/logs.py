"""What logs leave out."""

import logging

from connect.link_keys import without_keys


class WithoutKeys(logging.Formatter):
    """Hides the keys of links, in addresses and in what an error says of them."""

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(super().format(record))
