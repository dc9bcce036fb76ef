"""A walk through the desk: every list, the page of a row in each status, and its history."""

import re

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from lxml import html

from tests.factories import give_factor

# What a reader is never shown: a model, a column, a day or a value as the code writes it.
RAW = re.compile(
    r"\b(?:accounts|applications|connect|exchanges|matching|notifications|practices|registry)\.[a-z]"
    r"|\b\d{4}-\d\d-\d\d\b|(?:^|[ :›])(?:None|True|False)$|[{\[]['\"]"
    r"|\b[a-z]+(?:_[a-z]+)+\b|^[a-z]{2}$"
)
FEW = 3  # rows without a status that are opened


def walk_desk(person):
    """Open the desk as this person; return {address: what is wrong with it}."""
    client, wrong = Client(raise_request_exception=False), {}
    Authenticator.objects.get_or_create(user=person, type="totp", defaults={"data": {}})
    client.force_login(person)
    give_factor(client)
    for model in admin.site._registry:
        listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        page = client.get(listed)
        if page.status_code == 403:  # auditors' and administrators'
            continue
        pages = {listed: page}
        for row in rows_of_each_status(html.fromstring(page.text)):
            links = [link for link in row.xpath(".//a/@href") if not link.startswith("mailto:")]
            if not links:
                wrong[listed] = f"{row.text_content()} leads nowhere"
            pages |= {link: client.get(link, follow=True) for link in links}
            for link in links:
                if link.endswith("/change/"):
                    history = link.replace("/change/", "/history/")
                    pages[history] = client.get(history)
        wrong |= {address: fault for address, one in pages.items() if (fault := find_fault(one))}
    return wrong


def rows_of_each_status(tree):
    """List one row of a list for each status in it; of a list without any, the first."""
    chosen = {}
    for number, row in enumerate(tree.xpath("//table[@id='result_list']/tbody/tr")):
        cells = row.xpath(
            "*[starts-with(@class, 'field-stat') or contains(@class, 'status_badge')]"
        )
        chosen.setdefault(cells[0].text_content() if cells else min(number, FEW), row)
    return list(chosen.values())


def find_fault(page):
    """Say what is wrong with a page: it does not open, or shows a code; "" if nothing is."""
    if page.status_code != 200:
        return page.status_code
    if not page["Content-Type"].startswith("text/html"):
        return ""
    tree = html.fromstring(page.text)
    texts = tree.xpath("//text()[not(ancestor::script or ancestor::code or ancestor::style)]")
    return next((text.strip() for text in texts if RAW.search(text.strip())), "")
