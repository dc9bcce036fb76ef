"""Reads subjects.txt into needs, offers and grades: the engine's own evaluation set.

Every third subject is unseen: it was put aside before anything was tuned, and only the
closing measurement may look at it.
"""

from dataclasses import dataclass
from pathlib import Path

from engine import Need, Offer

SAME, NEAR = 2, 1  # grades of an offer on the need's own subject, and on one beside it


@dataclass(frozen=True)
class Judged:
    """needs: one a subject; offers: four a subject; grades: {need id: {offer id: 1 or 2}}."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    grades: dict[str, dict[int, int]]
    unseen: frozenset[str]


def read():
    subjects = []
    lines = (Path(__file__).parent / "subjects.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "=":
            slug, topic, function, near = (cell.strip() for cell in rest.split("|"))
            subjects.append(
                {"slug": slug, "topic": topic, "function": function, "near": near.split()}
            )
            subjects[-1] |= {"?": [], "+": [], "-": []}
        elif kind in ("?", "+", "-"):
            language, _, text = rest.partition(" ")
            subjects[-1][kind].append((language, text))
    return subjects


def judged():
    """Lay the subjects out.

    What people declare is as patchy as in life: of three good offers the first names no
    topic, the second its own, the third one beside it; a misleading offer names another's.
    """
    subjects = read()
    by_slug = {subject["slug"]: subject for subject in subjects}
    needs, offers, of_subject = [], [], {}
    for place, subject in enumerate(subjects):
        [(language, text)] = subject["?"]
        needs.append(
            Need(
                subject["slug"],
                text,
                language,
                topics={subject["topic"]: 3},
                function=subject["function"],
            )
        )
        beside = by_slug[subject["near"][0]]["topic"]
        for nth, ((language, text), topics) in enumerate(
            zip(subject["+"], ({}, {subject["topic"]: 3}, {beside: 3}), strict=True)
        ):
            pk = place * 10 + nth
            offers.append(Offer(pk, text, language, topics=topics, function=subject["function"]))
            of_subject.setdefault(subject["slug"], []).append(pk)
        other = subjects[(place + 7) % len(subjects)]
        [(language, text)] = subject["-"]
        offers.append(Offer(place * 10 + 9, text, language, topics={other["topic"]: 2}))
    grades = {
        subject["slug"]: {pk: NEAR for near in subject["near"] for pk in of_subject[near]}
        | dict.fromkeys(of_subject[subject["slug"]], SAME)
        for subject in subjects
    }
    unseen = frozenset(subject["slug"] for subject in subjects[2::3])
    return Judged(tuple(needs), tuple(offers), grades, unseen)
