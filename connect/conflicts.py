"""Conflicts of simultaneous requests, and values that no column holds: shown as a message.

A function that changes records locks before it looks; where two still meet, the database keeps one
of them and refuses the other, who reads that one was kept, and what they had typed. Who waited for
a lock in vain reads that nothing is saved, and what they had typed.
"""

import logging

from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.defaults import bad_request
from psycopg2 import errors

from connect.types import GetResponse

logger = logging.getLogger(__name__)


class AtTheSameMoment:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        cause = exception.__cause__
        if isinstance(exception, IntegrityError) and isinstance(cause, errors.UniqueViolation):
            logger.warning("twice at once: %s", cause.diag.constraint_name)
            return render(request, "409.html", status=409)
        if isinstance(exception, OperationalError) and isinstance(cause, errors.LockNotAvailable):
            logger.warning("a row was held for too long: %s", request.method)
            return render(request, "busy.html", status=503)
        too_large = (errors.NumericValueOutOfRange, errors.StringDataRightTruncation)
        if isinstance(exception, DataError) and isinstance(cause, too_large):
            logger.warning("more than a column holds: %s", type(cause).__name__)
            return bad_request(request, exception)
        return None
