"""Files in a bucket instead of a folder, on a real server of S3: as private and as mortal."""

import http.client
import json
import re
import sys
import tarfile
import urllib.error
import urllib.request
from functools import partial

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from storages.backends.s3 import S3File

from accounts.erasure import erase_person
from accounts.holdings import Person
from accounts.models import ErasureReason
from applications.models import Attachment
from connect import backups, doctor, files
from connect.doctor import storage as examinations
from connect.local.children import free_port
from connect.storage_address import parse_storage_url
from registry.models import Authority
from tests.accounts.world import CANARY, World, in_files
from tests.deploy.servers import production, run, started
from tests.exports import taken_out
from tests.factories import (
    make_authority,
    make_dossier,
    make_letter,
    make_officer,
    make_user,
    pdf_of,
)
from tests.scanner import EICAR, scanning

pytestmark = pytest.mark.django_db
assert examinations  # registers what it examines
PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
KEPT = {"ID": "kept", "Status": "Enabled", "Filter": {"Prefix": ""}}


class Bucket:
    """A bucket as its service sees it, and the address by which the product is told of it."""

    def __init__(self, port, name):
        self.server, self.name = f"http://127.0.0.1:{port}", name
        self.url = f"s3+http://key:s%2Fecret@127.0.0.1:{port}/{name}/files?region=eu-west-1"
        words = {"aws_access_key_id": "owner", "aws_secret_access_key": "owner"}
        self.client = boto3.client("s3", "eu-west-1", endpoint_url=self.server, **words)
        where = {"LocationConstraint": "eu-west-1"}
        self.client.create_bucket(Bucket=name, CreateBucketConfiguration=where)

    def content(self):
        """Return what it holds: {key: bytes}."""
        listed = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        keys = [one["Key"] for one in listed]
        read = (self.client.get_object(Bucket=self.name, Key=key)["Body"].read() for key in keys)
        return dict(zip(keys, read, strict=True))

    def allow_all(self):
        statement = PUBLIC | {"Resource": f"arn:aws:s3:::{self.name}/*"}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.client.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of a server that speaks S3."""
    port, log = free_port(), tmp_path_factory.mktemp("s3") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with started(command, {"AWS_DEFAULT_REGION": "eu-west-1"}, log, port):
        yield port


@pytest.fixture
def bucket(server, settings, request):
    """An empty bucket, which keeps the files of this test."""
    name = re.sub("[^a-z]+", "-", request.node.name)[:50].strip("-")
    bucket = Bucket(server, name)
    settings.STORAGES = settings.STORAGES | {"default": parse_storage_url(bucket.url)}
    return bucket


def answer_of(address):
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_file_in_a_bucket_is_given_by_its_page_to_whoever_may_read_it_alone(bucket, client):
    """I4: the service gives it to nobody, and no address of the service stands on a page."""
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    client.force_login(efua)
    upload = SimpleUploadedFile("letter.pdf", pdf_of("signed"))
    page = reverse("add-file", args=[dossier.reference])
    shown = client.post(page, {"file": upload, "kind": "legal_act"}, follow=True)
    kept = dossier.attachments.get()
    address = reverse("file", args=[dossier.reference, kept.token])

    mine = client.get(address)
    client.force_login(make_user(works_for=make_authority()))
    others = client.get(address)

    (key,) = bucket.content()
    rights = bucket.client.get_object_acl(Bucket=bucket.name, Key=key)["Grants"]
    assert key == f"files/{kept.file.name}"
    assert b"".join(mine.streaming_content) == pdf_of("signed")
    assert mine["Content-Length"] == str(len(pdf_of("signed")))
    assert others.status_code == 404 and bucket.name not in shown.text
    assert answer_of(f"{bucket.server}/{bucket.name}/{key}") == http.client.FORBIDDEN
    assert [one["Permission"] for one in rights] == ["FULL_CONTROL"]
    with pytest.raises(ValueError, match="pages that check who asks"):
        kept.file.url  # noqa: B018


def test_no_file_takes_the_place_of_another_in_a_bucket(bucket):
    names = [default_storage.save("lists/towns.csv", ContentFile(text)) for text in (b"1", b"2")]

    assert names[0] == "lists/towns.csv" != names[1]
    assert [default_storage.open(name).read() for name in names] == [b"1", b"2"]


def test_a_file_with_a_virus_comes_into_no_bucket(bucket, client, settings):
    agona = make_authority()
    dossier = make_dossier(agona)
    client.force_login(make_user(works_for=agona))
    upload = SimpleUploadedFile("letter.pdf", pdf_of(EICAR.decode()))
    page = reverse("add-file", args=[dossier.reference])
    with scanning() as settings.CLAMAV_ADDRESS:
        shown = client.post(page, {"file": upload, "kind": "legal_act"}, follow=True)

    assert "virus" in shown.text and bucket.content() == {}


def test_whoever_is_erased_is_in_no_file_of_the_bucket(bucket, django_capture_on_commit_callbacks):
    """P1: as in a folder."""
    world = World()
    before = in_files(CANARY)

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(Person.from_user(world.efua), why=ErasureReason.ASKED)
        erase_person(Person.from_address(world.mayor), why=ErasureReason.ASKED)

    assert len(before) > 1 and in_files(CANARY) == []


def test_tables_go_out_and_come_in_by_way_of_the_bucket(bucket):
    """A list is written there by a worker; one that waits to be confirmed lies there meanwhile."""
    make_authority("Agona West")
    desk = Client()
    desk.force_login(make_officer())
    table = b"slug,name,country\r\ngh-ho,H\xc3\xb4,GH\r\n"
    upload = SimpleUploadedFile("towns.csv", table)
    page, form = reverse("admin:registry_authority_import"), {"import_file": upload, "format": "1"}

    listed = taken_out(desk, "registry_authority")
    preview = desk.post(page, form)
    waiting = set(bucket.content().values())
    confirm = preview.context["confirm_form"].initial
    desk.post(reverse("admin:registry_authority_process_import"), confirm)

    assert [row["name"] for row in listed] == ["Agona West"] and table in waiting
    assert Authority.objects.get(slug="gh-ho").name == "Hô"


def test_rows_and_bucket_are_compared_and_what_no_row_names_goes(bucket, capsys):
    """K11: as in a folder."""
    dossier = make_dossier(make_authority())
    kept, lost = make_letter(dossier), make_letter(dossier)
    default_storage.delete(lost.file.name)
    stray = default_storage.save("dossiers/stray", ContentFile(b"left over"))
    later = timezone.now() + 2 * files.YOUNG

    with pytest.raises(CommandError):
        call_command("check_files")
    removed = files.remove_leftovers(later)

    assert f"missing: {lost.file.name} of" in capsys.readouterr().out
    assert removed == 1 and set(bucket.content()) == {f"files/{kept.file.name}"}
    assert not default_storage.exists(stray)


def test_what_follows_a_change_is_done_though_its_former_file_cannot_be_deleted_now(
    settings, django_capture_on_commit_callbacks
):
    """R12 12: with the bucket away an erasure that was saved was an error 500, its rest left."""
    away = f"s3+http://key:secret@127.0.0.1:{free_port()}/away?region=eu-west-1"
    settings.STORAGES = settings.STORAGES | {"default": parse_storage_url(away)}
    done = []

    with django_capture_on_commit_callbacks(execute=True):
        files.delete_replaced_file(Attachment(), "file", "letters/former.pdf")
        transaction.on_commit(partial(done.append, "the rest"))

    assert done == ["the rest"]


def test_a_backup_of_a_bucket_comes_back_in_another(
    bucket, transactional_db, empty_place, tmp_path
):
    """R1: by the command, each file compared; nothing is restored over files that are there."""
    default_storage.save("letters/a letter.pdf", ContentFile(b"%PDF-1.4 a letter"))
    default_storage.save("copies/large.zip", ContentFile(bytes(3_000_000)))
    path = backups.make_backup(tmp_path)
    other = Bucket(bucket.server.rpartition(":")[2], "another-bucket")

    over = run(production(tmp_path, **empty_place, STORAGE_URL=bucket.url), *restore(path))
    done = run(production(tmp_path, **empty_place, STORAGE_URL=other.url), *restore(path))

    assert "restore into an empty folder or bucket" in over.stderr
    assert done.returncode == 0 and "2 files, each compared" in done.stdout, done.stderr
    assert other.content() == bucket.content() and len(bucket.content()) == 2


def restore(path):
    return "manage.py", "restore", str(path)


def examine():
    faults = doctor.find_faults(doctor.EXAMINATIONS["storage"])
    assert all(fault.why and fault.mend for fault in faults)
    return [f"{fault.what} {fault.mend}" for fault in faults]


def test_the_doctor_finds_nothing_wrong_with_a_bucket_that_is_private(bucket):
    assert examine() == [] and bucket.content() == {}


def test_the_doctor_finds_a_bucket_that_is_not_there(bucket, settings):
    url = bucket.url.replace(bucket.name, "elsewhere")
    settings.STORAGES = settings.STORAGES | {"default": parse_storage_url(url)}

    (said,) = examine()

    assert f"No file can be kept in {bucket.server}/elsewhere: " in said and "%2F" in said
    assert "secret@" not in said


def test_the_doctor_finds_a_service_that_is_away(bucket, settings):
    url = bucket.url.replace(bucket.server.rpartition(":")[2], str(free_port()))
    settings.STORAGES = settings.STORAGES | {"default": parse_storage_url(url)}

    (said,) = examine()

    assert "No file can be kept" in said and "Could not connect" in said


def test_the_doctor_finds_a_bucket_that_anybody_reads(bucket):
    bucket.allow_all()

    (said,) = examine()

    assert f"Anybody can read the files in {bucket.server}/{bucket.name}" in said


def test_the_doctor_finds_a_bucket_that_keeps_what_was_deleted(bucket):
    bucket.client.put_bucket_versioning(
        Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"}
    )

    (for_ever,) = examine()
    rule = KEPT | {"NoncurrentVersionExpiration": {"NoncurrentDays": 14}}
    bucket.client.put_bucket_lifecycle_configuration(
        Bucket=bucket.name, LifecycleConfiguration={"Rules": [rule]}
    )

    assert "keeps what was deleted, without an end" in for_ever
    assert examine() == []


def test_the_doctor_finds_former_versions_of_a_bucket_that_keeps_no_new_ones(bucket):
    def keep_versions(status):
        bucket.client.put_bucket_versioning(
            Bucket=bucket.name, VersioningConfiguration={"Status": status}
        )

    keep_versions("Enabled")
    bucket.client.put_object(Bucket=bucket.name, Key="files/cv.pdf", Body=b"text")
    bucket.client.delete_object(Bucket=bucket.name, Key="files/cv.pdf")
    keep_versions("Suspended")

    (said,) = examine()

    assert "keeps what was deleted, without an end" in said


def test_a_file_that_goes_from_a_bucket_while_a_backup_reads_it_does_not_end_it(
    bucket, transactional_db, tmp_path, monkeypatch
):
    for name in ("kept.txt", "gone.txt"):
        default_storage.save(name, ContentFile(b"text"))
    fetch = S3File._get_file

    def fetch_late(self):
        if self.name.endswith("gone.txt"):
            bucket.client.delete_object(Bucket=bucket.name, Key=self.obj.key)
        return fetch(self)

    monkeypatch.setattr(S3File, "file", property(fetch_late, S3File._set_file))

    path = backups.make_backup(tmp_path)

    with tarfile.open(path) as tar:
        names = [name for name in tar.getnames() if name.startswith(backups.FILES)]
    assert names == [f"{backups.FILES}kept.txt"]
