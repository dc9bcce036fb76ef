"""When a request began: a deadline counts from then, however long the answer takes."""

from django.utils import timezone


class NoteRequestTime:
    """Note on the request the instant at which this server took it up, as `began_at`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.began_at = timezone.now()
        return self.get_response(request)
