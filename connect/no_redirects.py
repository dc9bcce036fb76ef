"""Requests that go where they are sent, with what they hold, and nowhere else."""

import urllib.request
from typing import Any


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Answers a redirect as what it is: an HTTPError with its Location."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirects)
