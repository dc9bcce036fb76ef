"""Whether the files for containers say what docs/deploy.md says of a site without them."""

import re

import pytest
import yaml

from connect.local import places

DEPLOY = (places.BASE / "docs" / "deploy.md").read_text(encoding="utf-8")
IMAGE = (places.BASE / "Containerfile").read_text(encoding="utf-8")
SITE = yaml.safe_load((places.BASE / "compose.yaml").read_text(encoding="utf-8"))
OURS = ("prepare", "web", "worker", "urgent", "beat")
MADE_BY_IMAGE = {"STATIC_ROOT"}  # collected as the image is built


def documented_variables():
    table = DEPLOY.partition("| variable |")[2].partition("\n\n")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.M)
    return {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def documented_command(word):
    """Return the line of docs/deploy.md that starts something, without its remark."""
    found = re.search(rf"^    \.venv/bin/(.*{word}.*?)(?:\s+#.*)?$", DEPLOY, re.M)
    assert found, word
    return found[1].split()


def test_every_variable_of_the_docs_reaches_web_and_workers_and_no_other():
    """A setting that the file does not hand over would be set in vain."""
    wanted = documented_variables() - MADE_BY_IMAGE

    assert {"SECRET_KEY", "EMBEDDINGS_KEY", "METRICS_TOKEN", "MAILBOX_URL"} <= wanted
    for name in ("worker", "urgent"):
        assert set(SITE["services"][name]["environment"]) == wanted
    for name in ("web", "beat", "prepare"):  # the key of the audit is for the workers alone
        assert set(SITE["services"][name]["environment"]) == wanted - {"AUDIT_KEY"}


def test_tables_are_made_by_their_owner_and_used_by_a_role_that_owns_none():
    services = SITE["services"]
    owner = services["prepare"]["environment"]["DATABASE_URL"]
    users = {services[name]["environment"]["DATABASE_URL"] for name in OURS[1:]}

    assert f"//{services['database']['environment']['POSTGRES_USER']}:" in owner
    assert len(users) == 1 and "//connect_web:" in users.pop()
    role = (places.BASE / "deploy" / "make_web_role.sh").read_text()
    assert "CREATE ROLE connect_web LOGIN" in role
    done = services["prepare"]["command"][-1].split(" && ")
    for command in done:
        assert command.removeprefix("python ").replace(" --no-input", "") in DEPLOY
    assert len(done) == 3


@pytest.mark.parametrize(
    ("name", "word"),
    [("worker", "--queues celery"), ("urgent", "--queues urgent"), ("beat", "celery beat")],
)
def test_workers_and_beat_are_started_as_the_docs_start_them(name, word):
    command = SITE["services"][name]["command"]
    wanted = documented_command(word)

    if name == "beat":
        assert wanted[-2] == command[-2] == "--schedule"  # on a volume of its own
        assert command[-1].startswith("/srv/connect/beat/")
        wanted, command = wanted[:-1], command[:-1]
    elif command[-2] == "--loglevel":
        command = command[:-2]
    assert command == wanted


def test_the_image_is_built_and_the_web_started_as_the_docs_say():
    found = re.search(r'^CMD \["(gunicorn.*)"\]$', IMAGE, re.M)
    assert found
    words = found[1].split('", "')

    for word in documented_command("gunicorn"):
        assert word in words
    assert "python3 install.py --server" in IMAGE and "python3 install.py --server" in DEPLOY
    assert "manage.py collectstatic --no-input" in IMAGE


def test_nothing_of_ours_runs_as_root_or_writes_but_on_volumes():
    user = re.findall(r"^USER (\d+):(\d+)$", IMAGE, re.M)
    assert user and all(int(number) > 0 for number in user[-1])
    assert re.search(r"^FROM \$\{BASE\}$", IMAGE, re.M) and "ARG BASE=" in IMAGE
    assert "/healthz" in IMAGE.partition("HEALTHCHECK")[2]
    for name, service in SITE["services"].items():
        assert service["read_only"] is True, name
    for name in OURS:
        service = SITE["services"][name]
        assert (
            service["cap_drop"] == ["ALL"] and "no-new-privileges:true" in service["security_opt"]
        )
        assert "user" not in service and "privileged" not in service


def test_only_the_proxy_can_be_reached_and_what_lasts_lies_on_volumes():
    services = SITE["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    named = {
        volume.partition(":")[0]
        for service in services.values()
        for volume in service.get("volumes", [])
        if volume[0] not in "./$"
    }
    assert named == set(SITE["volumes"])


def test_no_secret_has_a_value_that_we_ship():
    secret = re.compile(r"PASSWORD|SECRET_KEY$|FIELD_KEYS|ERASURE_KEY|EMAIL_URL")
    for name, service in SITE["services"].items():
        for variable, value in service.get("environment", {}).items():
            if secret.search(variable):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?\}", value), (name, variable)


def test_what_is_ignored_keeps_secrets_and_caches_out_of_the_image():
    ignored = (places.BASE / ".dockerignore").read_text().split("\n")

    assert {".env", ".git", ".venv*", "var", "*.pem"} <= set(ignored)
