"""Where files are kept, as STORAGE_URL says: in a folder, or in a bucket of a service of S3."""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

FOLDER = "django.core.files.storage.FileSystemStorage"
BUCKET = "connect.buckets.PrivateBucket"
SCHEMES = {"s3": "https", "s3+http": "http"}
# A bucket, and a folder of it where it holds other things too.
PLACE = re.compile(r"/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/[\w/.-]*)?", re.ASCII)


def parse_storage_url(url: str) -> dict[str, Any] | None:
    """Read `file:///folder` or `s3://key:secret@host/bucket` as an entry of STORAGES, else None.

    >>> parse_storage_url("file:///srv/files")["OPTIONS"]
    {'location': '/srv/files', 'base_url': None}
    >>> parse_storage_url("s3://k:s%2F@s3.eu/town/files?region=eu-west-1")["OPTIONS"]["secret_key"]
    's/'
    >>> parse_storage_url("s3://s3.eu/town"), parse_storage_url("files")
    (None, None)
    >>> [parse_storage_url(f"file:///srv/{end}") for end in ("../etc", "files?a=b", "files#a")]
    [None, None, None]
    >>> [parse_storage_url(f"s3://k:s@s3.eu/town{end}") for end in ("/../other", "#a", "?a=b")]
    [None, None, None]
    """
    if url.startswith("file:///") and url.strip("/") != "file:":
        if set("?#") & set(url) or ".." in url.split("/"):
            return None
        options = {"location": url.removeprefix("file://"), "base_url": None}
        return {"BACKEND": FOLDER, "OPTIONS": options}
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        asked = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        return None
    place, host = PLACE.fullmatch(parts.path), parts.hostname
    if parts.scheme not in SCHEMES or asked.keys() - {"region"} or place is None:
        return None
    if parts.fragment or ".." in parts.path.split("/"):
        return None
    if not (host and parts.username and parts.password):
        return None
    host = f"[{host}]" if ":" in host else host
    return {
        "BACKEND": BUCKET,
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "endpoint_url": f"{SCHEMES[parts.scheme]}://{host}{port}",
            "region_name": asked.get("region", "us-east-1"),  # what others than Amazon call theirs
            "bucket_name": place[1],
            "location": (place[2] or "").strip("/"),
        },
    }
