"""What logs leave out."""

import logging

from connect.link_keys import hide_link_keys


class WithoutKeys(logging.Formatter):
    """Hides the keys of links, in addresses and in what an error says of them."""

    def format(self, record: logging.LogRecord) -> str:
        return hide_link_keys(super().format(record))
