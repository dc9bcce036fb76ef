"""Good practices of the demonstration: written up from two real exchanges, their words invented."""

from datetime import timedelta
from typing import Any

from exchanges.models import Exchange
from impact.demo import pictures
from practices import writing
from practices.enums import Party
from practices.forms import OriginalForm, TextForm
from practices.models import Agreement
from practices.transitions import practice_machine
from practices.uses import accept_use, save_use
from registry.models import Authority

INVENTED = "Invented for the demonstration."
WRITTEN: list[dict[str, Any]] = [
    {
        "town": "gh-agona-west",
        "picture": (
            pictures.toilets,
            "A drawing: three houses, each with a small house beside it.",
        ),
        "en": {
            "title": "A toilet in each compound, counted zone by zone",
            "summary": (
                "Health officers, associations and the waste company wrote one strategy, counted "
                "toilets in the same way in every zone, and helped owners to build their own. "
            )
            + INVENTED,
            "problem": (
                "Four households of ten had no toilet of their own. Each project counted in its "
                "own way, and three plans lay in the office without a budget."
            ),
            "done": (
                "Officers were given one list for all zones and visited each compound twice a "
                "year. Masons were trained, owners paid in ten parts, and the figures of each zone "
                "were read out in the assembly."
            ),
            "result": (
                "From 58 to 81 compounds of a hundred with a toilet in three years, by the "
                "officers' own list."
            ),
            "cost": "9,000 euros for the masons' training and the first slabs, and two officers.",
            "failed": (
                "We left out where the pits are emptied to: there are more of them now, and still "
                "no site. That is what we ask colleagues next."
            ),
            "conditions": "Officers who may enter compounds; an assembly that asks for figures.",
        },
        "fr": {
            "title": "Des toilettes dans chaque concession, comptées zone par zone",
            "summary": (
                "Agents de santé, associations et entreprise de déchets ont écrit une seule "
                "stratégie, compté les toilettes de la même façon partout et aidé les "
                "propriétaires à construire. Inventé pour la démonstration."
            ),
            "problem": (
                "Quatre ménages sur dix n'avaient pas de toilettes. Chaque projet comptait à sa "
                "façon, et trois plans dormaient au bureau sans budget."
            ),
            "done": (
                "Les agents ont reçu une même liste et visité chaque concession deux fois par an. "
                "Des maçons ont été formés, les propriétaires ont payé en dix fois, et les "
                "chiffres de chaque zone ont été lus au conseil."
            ),
            "result": (
                "De 58 à 81 concessions sur cent avec des toilettes en trois ans, selon la liste "
                "des agents."
            ),
            "cost": "9 000 euros pour former les maçons et les premières dalles, et deux agents.",
            "failed": (
                "Nous avons oublié où vider les fosses : il y en a plus, et toujours pas de "
                "site. C'est ce que nous demandons maintenant."
            ),
            "conditions": "Des agents qui peuvent entrer, et un conseil qui demande les chiffres.",
        },
        "used": ("bf-ziniare", "We count in two sectors with the same list. " + INVENTED),
    },
    {
        "town": "bf-ziniare",
        "picture": (pictures.cart, "Un dessin : une charrette devant trois maisons."),
        "fr": {
            "title": "Deux secteurs où les ménages paient la collecte parce qu'elle passe",
            "summary": (
                "Dans deux secteurs, les charrettes passent deux fois par semaine, à heure fixe, "
                "et la redevance est levée au passage par les femmes du groupement. Inventé pour "
                "la démonstration."
            ),
            "problem": (
                "Peu de ménages payaient une collecte qui passait quand elle pouvait. Les "
                "charrettes restaient en panne faute d'argent."
            ),
            "done": (
                "Un plan de tournées affiché dans les deux secteurs, une redevance en trois "
                "paliers, et un compte à part pour les réparations."
            ),
            "result": "De 100 à 700 ménages abonnés en un an, dans ces deux secteurs.",
            "cost": "Six charrettes, et la moitié du temps d'une agente.",
            "failed": (
                "La carte prépayée : on l'a perdue plus vite qu'imprimée. Et hors de ces deux "
                "secteurs, un ménage sur trois seulement paie encore."
            ),
            "conditions": (
                "Un groupement qui existe déjà, et un compte que le conseil ne touche pas."
            ),
        },
    },
]


# What a practice of any subject says where its exchange has said nothing.
MEETING = {
    "en": (pictures.meeting, "A drawing: four people at a table."),
    "fr": (pictures.meeting, "Un dessin : quatre personnes à une table."),
    "es": (pictures.meeting, "Un dibujo: cuatro personas a una mesa."),
}
REST = {
    "en": {
        "summary": (
            "After the visit of colleagues the council named one person to lead, began in one "
            "district, and counted before and after. "
        )
        + INVENTED,
        "done": (
            "A small team wrote down how things stood. With the colleagues it chose three steps "
            "that need no new money, and took them in one district first."
        ),
        "result": "Two of the three steps were taken in the first year, and are kept up.",
        "cost": "The time of three officers for a day a week, and 2,000 euros for small things.",
        "failed": "The first plan had eleven steps: nobody knew which came first.",
        "conditions": "A council that asks after it twice a year, and somebody who may decide.",
    },
    "fr": {
        "summary": (
            "Après la visite des homologues, le conseil a désigné une personne responsable, "
            "commencé dans un quartier et compté avant et après. Inventé pour la démonstration."
        ),
        "done": (
            "Une petite équipe a décrit la situation. Avec les homologues, elle a choisi trois "
            "étapes sans dépense nouvelle, menées d'abord dans un quartier."
        ),
        "result": "Deux des trois étapes ont été faites la première année, et se poursuivent.",
        "cost": "Un jour par semaine de trois agents, et 2 000 euros de petit matériel.",
        "failed": "Le premier plan comptait onze étapes : nul ne savait par où commencer.",
        "conditions": "Un conseil qui s'en informe deux fois par an, et quelqu'un qui décide.",
    },
    "es": {
        "summary": (
            "Tras la visita de los homólogos, el concejo nombró a una persona responsable, empezó "
            "en un barrio y contó antes y después. Inventado para la demostración."
        ),
        "done": (
            "Un pequeño equipo describió la situación. Con los homólogos eligió tres pasos sin "
            "gasto nuevo, dados primero en un barrio."
        ),
        "result": "Dos de los tres pasos se dieron en el primer año, y se mantienen.",
        "cost": "Un día por semana de tres funcionarios y 2.000 euros de material menor.",
        "failed": "El primer plan tenía once pasos: nadie sabía por cuál empezar.",
        "conditions": "Un concejo que pregunte dos veces al año y alguien que pueda decidir.",
    },
}


def complete_draft(builder, practice, now):
    """Write what the first draft of a practice lacks; its subject stays that of its exchange."""
    draft = practice.in_language(practice.language)
    drafted = {name: getattr(draft, name) for name in ("title", "problem", *REST["en"])}
    texts = {name: words for name, words in drafted.items() if words}
    write_text(builder, practice, practice.language, REST[practice.language] | texts)
    add_invented_picture(builder, practice, MEETING[practice.language], now)


def publish_practices(builder):
    """Write up, have agreed and publish the practices of the demonstration."""
    for spec in WRITTEN:
        exchange = Exchange.objects.filter(dossier__authority__slug=spec["town"]).earliest("pk")
        moment = exchange.status_since + timedelta(days=30)
        practice = writing.begin_practice(exchange, actor=builder.officer, now=moment)
        practice.language = "en" if "en" in spec else "fr"
        practice.save(update_fields=["language"])
        practice.texts.all().delete()
        for language in [practice.language, *({"en", "fr"} & spec.keys() - {practice.language})]:
            write_text(builder, practice, language, spec[language])
        add_invented_picture(builder, practice, spec["picture"], moment)
        practice_machine.advance(practice, "submit_practice", actor=builder.officer, now=moment)
        for party in Party:
            Agreement.objects.create(
                practice=practice, party=party, name="Somebody invented", at=moment
            )
        for verb in ("approve_practice", "publish_practice"):
            practice = practice_machine.advance(practice, verb, actor=builder.officer, now=moment)
        if "used" in spec:
            slug, words = spec["used"]
            town = Authority.objects.get(slug=slug)
            person = town.memberships.active()[0].user
            used_at = moment + timedelta(days=400)
            use = save_use(practice, town, words, actor=person, now=used_at)
            accept_use(use, actor=builder.officer, now=used_at)


def add_invented_picture(builder, practice, picture, taken_at):
    draw, alt = picture
    drawn = practice.exchange.pictures.create(
        file=pictures.as_file(draw()),
        alt=alt,
        credit=pictures.CREDITS.get(practice.language, pictures.CREDITS["en"]),
        has_consent=True,
        by=builder.officer,
        at=taken_at,
    )
    writing.take_photo(drawn, practice, actor=builder.officer)


def write_text(builder, practice, language, words):
    form: TextForm
    if language == practice.language:
        codes = [theme.code for theme in practice.topics.all()]
        facts = {"year_from": practice.year_from, "year_to": practice.year_to, "topics": codes}
        form = OriginalForm(words | facts, practice=practice)
    else:
        form = TextForm(words)
    if not form.is_valid():
        raise ValueError(form.errors.as_json())
    writing.save_text(form, practice, language, actor=builder.officer)
