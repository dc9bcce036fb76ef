"""How an officer takes a list out in a test: asks for it, lets a worker write it, opens it."""

import csv
import io
import time
from urllib.parse import urlencode

from django.urls import reverse
from openpyxl import load_workbook

from connect import exports
from connect.models import Export


def give_code_again(client):
    """Let a session have given the second factor a moment ago."""
    session = client.session
    given = {"method": "mfa", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [given]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def taken_out(client, name, format="xlsx", **filters):
    """Return the rows of a list of the admin as [{column: text}]."""
    page = f"{reverse(f'admin:{name}_export')}?{urlencode(filters)}"
    give_code_again(client)
    assert client.get(page).status_code == 200
    assert client.post(page, {"format": format}).url == reverse("admin:exports")
    exports.write_exports()
    table = client.get(reverse("admin:export", args=[Export.objects.first().pk]))
    content = b"".join(table.streaming_content)
    if format == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    head, *rows = load_workbook(io.BytesIO(content)).active.values
    return [
        dict(zip(head, ("" if cell is None else cell for cell in row), strict=True)) for row in rows
    ]
