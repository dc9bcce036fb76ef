"""`python -m tests.faults.everything KILLS SEED`: the whole product, each of its processes killed
at random moments, while towns write, letters are posted and rankings are asked for.

Runs on servers of its own (`CONNECT_VAR` names their folder). What was killed is started again at
once, as a service manager would. At the end all that was acknowledged must be there, every letter
must have been received, and a letter that came twice must have had the same Message-ID.
"""

import email
import http.client
import os
import random
import signal
import sys
import threading
import time
from collections import Counter

import django

from connect.local import mailserver, places, postgres, redis, supervisor
from connect.local.children import CannotStart, Child, free_port, wait_until

KINDS = (
    *("web", "web child", "worker", "urgent", "beat"),
    *("database", "database child", "broker", "mail"),
)
SPARE = 120  # seconds that the work left may take once nothing is killed any more


class Stack:
    """Every process of the product, each on a port that it keeps when it is started again."""

    def __init__(self):
        self.ports = {name: free_port() for name in ("database", "broker", "mail", "web")}
        places.PORT = str(self.ports["web"])
        self.children = {}
        for name in ("database", "broker", "mail"):
            self.start(name)
        for words in (
            ["migrate", "--no-input"],
            ["grant_role", places.WEB_ROLE],
            ["load_reference", "--towns"],
            ["collectstatic", "--no-input"],
        ):
            supervisor.run_management_command(*words)
        for name in ("web", "worker", "urgent", "beat"):
            self.start(name)

    def start(self, name):
        servers = {
            "database": postgres.start_postgres,
            "broker": redis.start_redis,
            "mail": mailserver.start_mail_server,
        }
        if name in servers:
            self.children[name] = servers[name](self.ports[name])
            return
        celery = ["celery", "-A", "connect.celery"]
        words = {
            "web": ["gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{self.ports['web']}"]
            + ["--workers", "2", "--threads", "4", "--no-control-socket"],
            "worker": celery
            + ["worker", "--queues", "celery", "--concurrency", "1", "--without-mingle"],
            "urgent": celery
            + ["worker", "--queues", "urgent", "--pool", "solo", "--without-mingle"],
            "beat": celery + ["beat", "--schedule", str(places.VAR / "beat"), "--pidfile", ""],
        }[name]
        log = places.VAR / "log" / f"{name}.log"
        self.children[name] = Child(name, [sys.executable, "-m", *words], log=log, cwd=places.BASE)
        if name == "web":
            wait_until(lambda: mailserver.is_listening(self.ports["web"]), self.children[name])

    def kill(self, kind, dice):
        """End a process by SIGKILL; start again what does not start itself again."""
        name, is_child = kind.split()[0], kind.endswith("child")
        victim = self.children[name].process.pid
        if is_child:
            found = children_of(victim)
            victim = dice.choice(found) if found else victim
        kill(victim)
        if victim == self.children[name].process.pid:
            if name != "database":  # its processes end by themselves: none may be cut off twice
                self.children[name].wait(10)
            self.children[name].process.wait()
            start_again(lambda: self.start(name))

    def ended_by_themselves(self):
        return [name for name, child in self.children.items() if child.has_ended()]

    def stop(self):
        supervisor.stop_children(list(self.children.values()))


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


def start_again(start, seconds=60):
    """Start a server until it can: after a crash the memory of the one before is still held."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return start()
        except CannotStart:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


class Town(threading.Thread):
    """Somebody who writes into a section, again and again, and notes what was acknowledged."""

    def __init__(self, port, path, session):
        super().__init__(daemon=True)
        self.port, self.path, self.session = port, path, session
        self.version, self.acknowledged, self.is_over = 1, [], threading.Event()

    def run(self):
        while not self.is_over.is_set():
            try:
                self.save()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            time.sleep(0.05)

    def save(self):
        number, token = self.version, "a" * 32
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request(
            "POST",
            self.path,
            f"csrfmiddlewaretoken={token}&version={number}&problem=text+{number}",
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"sessionid={self.session}; csrftoken={token}",
                "Origin": f"http://127.0.0.1:{self.port}",
            },
        )
        status = line.getresponse().status
        if status == 302:
            self.acknowledged.append(number)
            self.version = number + 1
        elif status == 409:  # written before the answer was lost
            self.version = number + 1


def insist(change, seconds=60):
    """Make a change of the database, again where the database was away."""
    from django.db import DatabaseError, connection  # noqa: PLC0415 - Django is ready only now

    deadline = time.monotonic() + seconds
    while True:
        try:
            return change()
        except DatabaseError:
            connection.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def main(kills, seed):
    sys.stdout.write(f"seed {seed}, {kills} kills\n")
    sys.stdout.flush()
    dice = random.Random(seed)
    stack = Stack()
    try:
        django.setup()
        report = run(stack, kills, dice)
    finally:
        stack.stop()
    sys.stdout.write(report + "\n")


def run(stack, kills, dice):
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from connect.mail import Recipient  # noqa: PLC0415
    from matching.models import MatchRun  # noqa: PLC0415
    from matching.runs import request_run  # noqa: PLC0415
    from notifications.models import Letter  # noqa: PLC0415
    from notifications.outbox import post_letter  # noqa: PLC0415
    from tests.factories import make_authority, make_dossier, make_offer, make_user  # noqa: PLC0415

    make_offer()
    ranked = [make_dossier(status="validated") for _ in range(5)]
    agona = make_authority()
    client = Client()
    client.force_login(make_user(works_for=agona))
    session = client.cookies["sessionid"].value
    dossiers = [make_dossier(agona) for _ in range(2)]
    Letter.objects.all().delete()
    towns = [
        Town(stack.ports["web"], reverse("section", args=[d.reference, "problem"]), session)
        for d in dossiers
    ]
    for town in towns:
        town.start()
        wait_until(lambda town=town: town.acknowledged, stack.children["web"], SPARE)

    posted, killed = [], Counter()
    for number in range(kills):
        address = f"k{number}@example.org"

        def write(number=number, address=address):
            post_letter(
                "dossier_reopen", key=f"k{number}", to=[Recipient(address, "K")], reference="CN-1"
            )

        insist(write)
        posted.append(address)
        if number % 10 == 0:
            insist(lambda: request_run(dice.choice(ranked).pk))
        time.sleep(dice.uniform(0, 1.0))
        kind = KINDS[number % len(KINDS)] if kills < 50 else dice.choice(KINDS)
        stack.kill(kind, dice)
        killed[kind] += 1
        if ended := stack.ended_by_themselves():
            raise SystemExit(f"ended though nobody killed it: {ended}")
        # A lease protects letters in flight for ten minutes: let that time pass.
        insist(lambda: Letter.objects.unsent().update(leased_until=None, tries=0))

    for town in towns:
        town.is_over.set()
        town.join(30)

    deadline = time.monotonic() + SPARE
    while insist(
        lambda: Letter.objects.unsent().count() + MatchRun.objects.filter(state="waiting").count()
    ):
        if time.monotonic() > deadline:
            raise SystemExit(
                "Work was left undone: " + repr(list(Letter.objects.unsent().values()))
            )
        insist(lambda: Letter.objects.unsent().update(leased_until=None, not_before=timezone.now()))
        time.sleep(1)

    received = {}
    for path in (places.VAR / "mail").glob("*.eml"):
        letter = email.message_from_bytes(path.read_bytes())
        received.setdefault(letter["To"], []).append(letter["Message-ID"])
    lost = [address for address in posted if address not in received]
    doubled = [address for address in posted if len(set(received.get(address, []))) > 1]
    copies = sum(len(received.get(address, [])) - 1 for address in posted)
    saves = []
    for town, dossier in zip(towns, dossiers):
        draft = dossier.drafts.get(section="problem")
        saves.append((town.acknowledged, int(draft.raw["problem"][0].removeprefix("text "))))
    wrong = [
        (acknowledged[-1], there)
        for acknowledged, there in saves
        if there not in (acknowledged[-1], acknowledged[-1] + 1)
    ]
    failed = MatchRun.objects.exclude(state="done").count()
    if lost or doubled or wrong or failed:
        raise SystemExit(f"lost {lost}, twice {doubled}, saves {wrong}, rankings {failed}")
    return (
        f"killed {dict(sorted(killed.items()))}; {len(posted)} letters, {copies} copies of the "
        f"same Message-ID; {sum(len(a) for a, _ in saves)} saves acknowledged, all there; "
        f"{MatchRun.objects.count()} rankings done"
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "connect.settings"
    main(int(sys.argv[1]), int(sys.argv[2]))
