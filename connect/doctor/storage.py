"""Whether files can be kept, read and deleted again, and whether nobody else can read them."""

import shutil
import urllib.request
import uuid
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any

from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from connect.buckets import BUCKET_ERRORS, PrivateBucket
from connect.doctor import Fault, examines, first_line

LEAST_FREE = 1024**3  # bytes
PATIENCE = 10  # seconds
MEND_FOLDER = "Make the folder, and let the user of web and workers write there."
MEND_BUCKET = (
    "See that host, bucket, key, secret and region in STORAGE_URL are right (write / in a secret as"
    " %2F), and that the key may list the bucket, and put, get and delete its files."
)


@examines("storage")
def examine_storage() -> Iterator[Fault]:
    storage = storages["default"]
    assert isinstance(storage, FileSystemStorage | PrivateBucket)
    bucket = storage if isinstance(storage, PrivateBucket) else None
    place = bucket.place if bucket else str(storage.location)
    content, name = uuid.uuid4().bytes, f"doctor-{uuid.uuid4()}"
    try:
        name = storage.save(name, ContentFile(content))
        try:
            with storage.open(name) as file:
                is_same = file.read() == content
            others = examine_bucket(bucket, name) if bucket else examine_folder(place)
        finally:
            storage.delete(name)
    except (OSError, *BUCKET_ERRORS) as error:
        yield Fault(
            f"No file can be kept in {place}: {first_line(error)}",
            "Uploads fail.",
            MEND_BUCKET if bucket else MEND_FOLDER,
        )
        return
    if not is_same:
        yield Fault(
            f"A file in {place} is not what was written.",
            "Uploads are damaged.",
            "Look at the disk, the share or the service behind it.",
        )
    yield from others


def examine_folder(place: str) -> list[Fault]:
    free = shutil.disk_usage(place).free
    if free >= LEAST_FREE:
        return []
    return [
        Fault(
            f"{free // 1024**2} MB are free in {place}.",
            "Uploads will fail soon.",
            "Make room, or move the files to a larger disk.",
        )
    ]


def examine_bucket(bucket: PrivateBucket, name: str) -> list[Fault]:
    """Look from outside at a bucket that holds a file, and whether it keeps what is deleted."""
    faults, key = [], f"{bucket.location}/{name}".lstrip("/")
    if answers_anybody(f"{bucket.place}/{key}"):
        faults.append(
            Fault(
                f"Anybody can read the files in {bucket.place}.",
                "They are personal: CVs, signed letters, copies of what is held of somebody.",
                "Block all public access to the bucket; take away policies and rights that allow"
                " it.",
            )
        )
    if keeps_versions(bucket):
        faults.append(
            Fault(
                f"{bucket.place} keeps what was deleted, without an end.",
                "Whoever is erased stays in former versions of the files.",
                "Switch versions off, or let a rule of the bucket end former ones"
                " (NoncurrentVersionExpiration) after as many days as backups are kept.",
            )
        )
    return faults


def answers_anybody(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE):  # noqa: S310 - of STORAGE_URL
            return True
    except (OSError, HTTPException):  # it says no, or does not answer
        return False


def has_former_versions(client: Any, bucket: PrivateBucket) -> bool:
    """True where something deleted or replaced is still there, of a bucket that kept versions."""
    kept = client.list_object_versions(Bucket=bucket.bucket_name, Prefix=bucket.location)
    former = [one for one in kept.get("Versions", []) if not one["IsLatest"]]
    return bool(former or kept.get("DeleteMarkers"))


def keeps_versions(bucket: PrivateBucket) -> bool:
    """True where a bucket keeps versions for ever; False also where our key may not ask."""
    client = bucket.connection.meta.client
    try:
        kept = client.get_bucket_versioning(Bucket=bucket.bucket_name)
        status = kept.get("Status")
        if status == "Suspended" and not has_former_versions(client, bucket):
            return False
        if status not in ("Enabled", "Suspended"):
            return False
        rules = client.get_bucket_lifecycle_configuration(Bucket=bucket.bucket_name)["Rules"]
    except ClientError as error:
        return error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration"
    return not any(
        rule["Status"] == "Enabled" and "NoncurrentVersionExpiration" in rule for rule in rules
    )
