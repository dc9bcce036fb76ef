"""What finding anything costs on the desk with 10,000 applications, 20,000 people, 100,000 e-mails.

On a PostgreSQL of its own (`var/find`); whole pages, made by Django in this process for an officer:
every kind is looked through at each search. Beside them, the home of the desk.
"""

from bench.registry import start
from bench.search import quantiles

PEOPLE, LETTERS, STEP = 20_000, 100_000, 5_000
ASKED = [
    ("a reference", "CN-1999-04711"),
    ("a person's address", "person17017@bench.example"),
    ("a name, misspelt", "amnia boukari"),
    ("a town, misspelt", "ouagadugou"),
    ("a common word of titles", "latrines"),
    ("two words of a title", "emptying latrines"),
    ("a word that nothing has", "zzyzxqq"),
    ("two letters", "am"),
]
FIRST = ["Amina", "Jan", "Efua", "Rosa", "Kwame", "Inês", "Moussa", "Lotte", "Farid", "Noor"]
LAST = ["Boukari", "de Vries", "Mensah", "Quispe", "Almeida", "Traoré", "Haddad", "Okello"]


def fill_people():
    from accounts.models import User  # noqa: PLC0415 - Django is set up by `start`

    made = User.objects.filter(email__startswith="person").count()
    for begin in range(made, PEOPLE, STEP):
        User.objects.bulk_create(
            User(
                email=f"person{number}@bench.example",
                name=f"{FIRST[number % 10]} {LAST[number % 8]} {number}",
            )
            for number in range(begin, begin + STEP)
        )


def fill_letters():
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by `start`

    from notifications.models import Letter  # noqa: PLC0415

    now = timezone.now()
    for begin in range(Letter.objects.count(), LETTERS, STEP):
        Letter.objects.bulk_create(
            Letter(
                template="dossier_reopen",
                key=f"bench:{number}",
                address=f"person{number % PEOPLE}@bench.example",
                name=f"{FIRST[number % 10]} {LAST[number % 8]}",
                subject=f"Application CN-1999-{number % 10_000:05d}: open again",
                sent_at=now,
                not_before=now,
            )
            for number in range(begin, begin + STEP)
        )


def main():
    start("find")
    from django.db import connection  # noqa: PLC0415 - Django is set up by `start`
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from bench import rush  # noqa: PLC0415
    from connect.local import supervisor  # noqa: PLC0415
    from registry import search_index  # noqa: PLC0415
    from tests.factories import give_factor, make_officer  # noqa: PLC0415

    setup_test_environment()
    supervisor.run_management_command("collectstatic", "--no-input")
    rush.fill()
    fill_people()
    fill_letters()
    search_index.index_missing()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.filter(is_staff=True).first() or make_officer())
    give_factor(client)
    print(f"\n{'finding anything on the desk':34}{'kinds':>7}{'p50 ms':>9}{'p95 ms':>9}")
    for words, typed in ASKED:
        page = client.get(reverse("admin:find"), {"q": typed})
        median, slow = quantiles(
            lambda typed=typed: client.get(reverse("admin:find"), {"q": typed})
        )
        print(f"{words:34}{len(page.context['groups']):7}{median:9.0f}{slow:9.0f}")
    median, slow = quantiles(lambda: client.get(reverse("admin:index")))
    print(f"{'the home of the desk':41}{median:9.0f}{slow:9.0f}")


if __name__ == "__main__":
    main()
