"""When a request began: a deadline counts from then, however long the answer takes."""

from django.http.response import HttpResponseBase
from django.utils import timezone

from connect.types import GetResponse, Request


class NoteRequestTime:
    """Note on the request the instant at which this server took it up, as `began_at`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.began_at = timezone.now()
        return self.get_response(request)
