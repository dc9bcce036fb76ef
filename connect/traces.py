"""What a line of the log belongs to: a request, its person by number, the job that came of it.

The proxy may name a request (X-Request-ID); else it is named here, and told in the answer.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.core.signals import request_finished
from django.http.response import HttpResponseBase

from connect.types import GetResponse, Request

logger = logging.getLogger("connect.requests")
HEADER = "X-Request-ID"
FIT = re.compile(r"[\w-]{8,64}", re.ASCII)


@dataclass(frozen=True)
class Trace:
    request_id: str = ""
    job_id: str = ""
    request: Request | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Return what is known: nobody is looked up in the database for a line of the log."""
        person = getattr(self.request, "_cached_user", None)
        known = {
            "request": self.request_id,
            "person": getattr(person, "pk", None),
            "job": self.job_id,
        }
        return {name: value for name, value in known.items() if value}


NOTHING = Trace()
CURRENT: ContextVar[Trace] = ContextVar("trace", default=NOTHING)


def current_request_id() -> str:
    return CURRENT.get().request_id


class TraceRequests:
    """Middleware: names each request, and writes a line of the log about it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        name = given if FIT.fullmatch(given) else uuid.uuid4().hex
        CURRENT.set(Trace(name, request=request))
        began = time.perf_counter()
        response = self.get_response(request)
        facts = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": round(1000 * (time.perf_counter() - began)),
        }
        logger.info("%s", " ".join(map(str, facts.values())), extra={"facts": facts})
        response[HEADER] = name
        return response


@request_finished.connect  # Django has a last word about the answer after all middleware
def forget_request(**kwargs: Any) -> None:
    CURRENT.set(NOTHING)


@task_prerun.connect
def trace_job(task_id: str = "", task: Any = None, **kwargs: Any) -> None:
    """Name what a worker does by its job, and by the request that asked for it."""
    CURRENT.set(Trace(getattr(task.request, "caused_by", None) or "", task_id))


@task_postrun.connect
def forget_job(**kwargs: Any) -> None:
    CURRENT.set(NOTHING)
