"""Writes the reasons of the demonstration's first candidates, to be read by a person.

`python -m bench.reasons reasons.md`: for each request that the desk ranks, what is asked, and of
its first five candidates who they are, what they offer, and every line that the desk shows, with a
number. Whoever reads marks each true, empty or false; the last readings stand in docs/engine.md.
"""

import sys

from bench.registry import start

FIRST_ONES = 5


def write_request(dossier, out):
    town = dossier.authority
    out.write(f"\n# {dossier.reference} {dossier.title} ({town.place})\n\n")
    out.write(f"{town.get_tier_display()}, {town.population} inhabitants, {town.geography}. ")
    out.write(f"To be in common: {dossier.geography}. Preferred: sizes {dossier.sizes}, ")
    out.write(f"countries {dossier.preferred_countries}. ")
    out.write(f"Asked: {dossier.get_function_display()}, {dossier.get_role_wanted_display()}, ")
    out.write(f"languages {dossier.languages}, {dossier.days} days, ")
    out.write(f"{dossier.starts_on} to {dossier.ends_on}\n\n")
    for need in dossier.needs.select_related("theme"):
        out.write(f"- topic {need.theme} ({need.importance})\n")
    texts = [dossier.problem, dossier.objective, *dossier.specific_objectives]
    texts += [need.text for need in dossier.needs.all() if need.text]
    out.write("\n> " + "\n>\n> ".join(texts) + "\n")


def write_candidate(candidate, number, out, unfit):
    """Write a candidate and their lines, numbered from `number`; return the next number.

    unfit: what is said of one who was not judged fitting, or "".
    """
    offer, expert = candidate.offer, candidate.offer.expert
    town = expert.authority
    out.write(f"\n## {candidate.place}. {expert}, {town.place}: {candidate.score} of 100\n\n")
    out.write(f"{expert.function_title} ({expert.get_function_display()}, ")
    out.write(f"{expert.get_role_type_display()}). {town.get_tier_display()}, ")
    out.write(f"{town.population} inhabitants, {town.geography}\n\n> {offer.title}\n>\n")
    out.write(f"> {offer.text}\n\nTopics: ")
    out.write(", ".join(f"{t.theme} {t.level}" for t in offer.topics.select_related("theme")))
    lines = [line for line in (candidate.summary, unfit) if line]
    for line in candidate.grounds:
        lines.append(f"{line.name} {line.points_words}/{line.weight:.0f}: {line.why}")
        if line.quotation:
            lines += [f"{one.source}: “{one.text}”" for one in line.quotation.sentences]
    if candidate.unknown:
        lines.append(candidate.unknown)
    out.write("\n\n")
    for line in lines:
        out.write(f"{number}. {line}\n")
        number += 1
    return number


def main(arguments):
    start("demonstration")
    from django.http import QueryDict  # noqa: PLC0415 - Django is set up by `start`
    from django.utils import timezone, translation  # noqa: PLC0415

    from applications.enums import RANKED_IN  # noqa: PLC0415
    from applications.models import Dossier  # noqa: PLC0415
    from impact.demo.alive import complete_demonstration  # noqa: PLC0415
    from impact.demo.build import write_demonstration  # noqa: PLC0415
    from matching.candidates import arrange_candidates  # noqa: PLC0415
    from matching.runs import rank_waiting, request_run  # noqa: PLC0415
    from matching.sentences import read_sentences  # noqa: PLC0415

    write_demonstration(timezone.now())
    complete_demonstration(timezone.now())
    dossiers = Dossier.objects.filter(status__in=RANKED_IN).order_by("reference")
    for dossier in dossiers:
        request_run(dossier.pk)
    rank_waiting(timezone.now())
    read_sentences()
    number = 1
    with open(arguments[0], "w", encoding="utf-8") as out, translation.override("en"):
        for dossier in dossiers.select_related("authority"):
            write_request(dossier, out)
            run = dossier.runs.first()
            desk_list = arrange_candidates(dossier, run, QueryDict(), timezone.localdate().year, {})
            for candidate in desk_list.kept[:FIRST_ONES]:
                if candidate.place == (desk_list.last_fitting or 0) + 1:
                    out.write(f"\n{number}. {desk_list.not_fitting}\n")
                    number += 1
                unfit = desk_list.unfit_words if candidate.place in desk_list.unfit else ""
                number = write_candidate(candidate, number, out, unfit)


if __name__ == "__main__":
    main(sys.argv[1:])
