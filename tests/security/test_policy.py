"""The content security policy: one for all, and nothing on a page that needs more."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.addresses import EVERY_THIRD, names_for
from tests.worlds import OneOfEach

pytestmark = pytest.mark.django_db
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; object-src 'none'"
)
INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)(?![^>]*json)|\sstyle=|\son[a-z]+=|javascript:")


@EVERY_THIRD
@pytest.mark.parametrize("role", ["anonymous", "colleague", "officer"])
def test_every_page_has_the_one_policy_and_nothing_inline(role, apart):
    """C1, C5: pages, what is refused, and what is not there."""
    world, other = OneOfEach(), {}
    client = Client()
    if person := world.people[role]:
        client.force_login(person)

    for name in names_for(role, apart):
        answer = client.get(reverse(name, args=world.arguments.get(name, [])))
        policy = "; ".join(sorted(answer["Content-Security-Policy"].split("; ")))
        if policy != "; ".join(sorted(POLICY.split("; "))) and "sandbox" not in policy:
            other[name] = policy
        is_page = answer["Content-Type"].startswith("text/html") and not answer.streaming
        if is_page and (found := INLINE.search(answer.content.decode())):
            other[name] = found[0]

    assert other == {}
