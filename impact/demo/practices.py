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
            pictures.drying_beds,
            "A drawing: a lorry before four drying beds.",
        ),
        "en": {
            "title": "One place to discharge, and a licence for each emptier",
            "summary": (
                "A town without a treatment plant licensed its six private emptiers, gave them one "
                "place to discharge, and pays for it with a fee that they agreed to. "
            )
            + INVENTED,
            "problem": (
                "Sludge from pits and septic tanks was left in drains and in the river. Two "
                "lorries served 130,000 people; nobody knew where they emptied."
            ),
            "done": (
                "The council voted a by-law. An officer met each operator, wrote down lorries and "
                "drivers, and issued a licence for a year. A field with drying beds was fenced "
                "off; a ticket is due for each load."
            ),
            "result": "From no licence to six in nine months; 140 loads a month come to the field.",
            "cost": "4,000 euros for the field, and half the time of one officer.",
            "failed": (
                "The first fee was too high: two operators went on by night. It was halved after "
                "three months, and they came."
            ),
            "conditions": "A law that lets the council license trades, and land away from wells.",
        },
        "fr": {
            "title": "Un lieu de dépotage et un agrément pour chaque vidangeur",
            "summary": (
                "Une ville sans station de traitement a agréé ses six vidangeurs privés, leur a "
                "donné un lieu de dépotage et le finance par une redevance acceptée par eux. "
                "Inventé pour la démonstration."
            ),
            "problem": (
                "Les boues des fosses finissaient dans les caniveaux et la rivière. Deux camions "
                "pour 130 000 habitants ; nul ne savait où ils vidaient."
            ),
            "done": (
                "Le conseil a voté un règlement. Un agent a rencontré chaque opérateur, noté "
                "camions et chauffeurs, et délivré un agrément d'un an. Un champ avec "
                "lits de séchage a été clôturé ; chaque charge paie un ticket."
            ),
            "result": (
                "D'aucun agrément à six en neuf mois ; 140 charges par mois arrivent au champ."
            ),
            "cost": "4 000 euros pour le champ, et un mi-temps d'agent.",
            "failed": (
                "Le premier tarif était trop haut : deux opérateurs continuaient la nuit. Réduit "
                "de moitié après trois mois, il les a fait venir."
            ),
            "conditions": "Une loi qui permet d'agréer des métiers, et un terrain loin des puits.",
        },
        "used": ("bf-ziniare", "We began with two operators and one ticket. " + INVENTED),
    },
    {
        "town": "bf-ziniare",
        "picture": (pictures.cart, "Un dessin : une charrette devant trois maisons."),
        "fr": {
            "title": "Une collecte que les ménages paient parce qu'elle passe",
            "summary": (
                "Les charrettes passent deux fois par semaine, à heure fixe, et la redevance est "
                "levée au passage par les femmes du groupement. Inventé pour la démonstration."
            ),
            "problem": (
                "Peu de ménages payaient une collecte qui passait quand elle pouvait. Les "
                "charrettes restaient en panne faute d'argent."
            ),
            "done": (
                "Un plan de tournées affiché dans chaque secteur, une redevance en trois paliers, "
                "et un compte à part pour les réparations."
            ),
            "result": "De 300 à 1 900 ménages abonnés en un an.",
            "cost": "Six charrettes, et la moitié du temps d'une agente.",
            "failed": "La carte prépayée : on l'a perdue plus vite qu'imprimée.",
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
    said = {name: words for name, words in drafted.items() if words}
    write_text(builder, practice, practice.language, REST[practice.language] | said)
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
            told = moment + timedelta(days=400)
            use = save_use(practice, town, words, actor=person, now=told)
            accept_use(use, actor=builder.officer, now=told)


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
