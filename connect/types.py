"""The types that the project's functions share with those of every app.

Nothing here is used but in signatures. `User` is the one of the settings, which `accounts` has.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Optional, TypeAlias, Union

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django_stubs_ext import StrPromise

    from accounts.models import User as Person
    from connect.mail import Recipient

User: TypeAlias = "Person"
Visitor: TypeAlias = Union["Person", "AnonymousUser"]  # whoever asks for a page
Actor: TypeAlias = Optional["Person"]  # who changes something: nobody is a job of the clock
Reader: TypeAlias = Union["Person", "Recipient"]  # whom a letter goes to
Words: TypeAlias = Union[
    str, "StrPromise"
]  # a text for a reader, perhaps translated only once it is shown

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
View: TypeAlias = Callable[..., HttpResponseBase]


class Upload(UploadedFile):
    """A file that a form took: it has a name and a size."""

    name: str
    size: int


class Request(HttpRequest):
    """A request as a view has it, with what our own middleware notes on it."""

    resolver_match: ResolverMatch
    began_at: datetime
    typed: QueryDict | None
    typed_beside: bool
    sent_names: tuple[str, ...]
    moved_on: Http404
    signed_out: "Person"


class SignedInRequest(Request):
    """One of somebody who has signed in, as every page asks that is not open to all."""

    user: "Person"
