"""How the log is written, and what it leaves out."""

import json
import logging
from datetime import UTC, datetime

from connect.link_keys import hide_link_keys


class WithoutKeys(logging.Formatter):
    """Hides the keys of links, in addresses and in what an error says of them."""

    def format(self, record: logging.LogRecord) -> str:
        return hide_link_keys(super().format(record))


class JsonLines(logging.Formatter):
    """Writes a line of JSON for each record: its time in UTC, and what it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        from connect.traces import CURRENT  # noqa: PLC0415 - the settings name this class

        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **CURRENT.get().facts,
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return hide_link_keys(json.dumps(line, ensure_ascii=False, default=str))
