"""What every dossier of the demonstration says besides its own need, in its own language."""

from datetime import timedelta

from django.db.models import Q

from connect.languages import nearest_language
from exchanges.models import Exchange

REST = {
    "en": {
        "context": (
            "Most people here live from trade, farming and small services. The council decides "
            "about this field itself and votes its budget each year. Five officers work in it, "
            "with one vehicle; we have written rules for it but little experience of our own."
        ),
        "result_1": "The council decides on a plan, and its first measures are carried out.",
        "indicator_1": "Measures carried out",
        "unit_1": "measures",
        "working_with": "With the head of the service and two officers, every day of the mission.",
        "placed": "The head of the service, who has done this work for six years.",
        "at_the_table": "The neighbouring authorities of our district, each with an officer.",
        "group_leader": "The deputy mayor for this field, with the officers who do the work.",
        "follow_up": (
            "The committee in charge takes the plan up in its next session. Two officers keep one "
            "day a week for it, and the first measures are in next year's budget."
        ),
        "dissemination": "The neighbouring authorities, at the yearly meeting of our association.",
        "risk_1": "People in charge change before the plan is decided.",
        "mitigation_1": "Two officers follow the whole exchange, and all of it is written down.",
        "other_donors": "None works on this problem here.",
        "association_none": "No association of authorities like ours is known to us here.",
    },
    "fr": {
        "context": (
            "La plupart des gens vivent ici du commerce, de l'agriculture et de petits services. "
            "Le conseil décide lui-même de ce domaine et vote son budget chaque année. Cinq agents "
            "y travaillent, avec un véhicule ; nous avons des règles écrites, mais peu "
            "d'expérience."
        ),
        "result_1": "Le conseil adopte un plan et ses premières mesures sont réalisées.",
        "indicator_1": "Mesures réalisées",
        "unit_1": "mesures",
        "working_with": "Avec le chef du service et deux agents, chaque jour de la mission.",
        "placed": "Le chef du service, qui fait ce travail depuis six ans.",
        "at_the_table": "Les communes voisines de notre province, chacune avec un agent.",
        "group_leader": "L'adjoint chargé de ce domaine, avec les agents qui font le travail.",
        "follow_up": (
            "La commission compétente examine le plan à sa prochaine session. Deux agents y "
            "consacrent un jour par semaine, et les premières mesures sont au budget de l'année "
            "prochaine."
        ),
        "dissemination": "Les communes voisines, à la réunion annuelle de notre association.",
        "risk_1": "Les responsables changent avant l'adoption du plan.",
        "mitigation_1": "Deux agents suivent tout l'échange, et tout est mis par écrit.",
        "other_donors": "Aucun ne travaille ici sur ce problème.",
        "association_none": "Nous ne connaissons pas d'association de communes comme la nôtre.",
    },
    "es": {
        "context": (
            "La mayoría de la gente vive aquí del comercio, de la agricultura y de pequeños "
            "servicios. El concejo decide por sí mismo en este campo y vota su presupuesto cada "
            "año. Cinco funcionarios trabajan en él, con un vehículo; tenemos normas escritas, "
            "pero poca experiencia."
        ),
        "result_1": "El concejo aprueba un plan y sus primeras medidas se realizan.",
        "indicator_1": "Medidas realizadas",
        "unit_1": "medidas",
        "working_with": "Con la jefa del servicio y dos funcionarios, cada día de la misión.",
        "placed": "La jefa del servicio, que hace este trabajo desde hace seis años.",
        "at_the_table": "Los municipios vecinos de nuestra provincia, cada uno con un funcionario.",
        "group_leader": "El concejal de este campo, con los funcionarios que hacen el trabajo.",
        "follow_up": (
            "La comisión competente trata el plan en su próxima sesión. Dos funcionarios le "
            "dedican un día por semana, y las primeras medidas están en el presupuesto del año "
            "próximo."
        ),
        "dissemination": "Los municipios vecinos, en la reunión anual de nuestra asociación.",
        "risk_1": "Cambian los responsables antes de que se apruebe el plan.",
        "mitigation_1": "Dos funcionarios siguen todo el intercambio, y todo queda por escrito.",
        "other_donors": "Ninguno trabaja aquí en este problema.",
        "association_none": "No conocemos aquí ninguna asociación de gobiernos como el nuestro.",
    },
    "pt": {
        "context": (
            "A maioria das pessoas vive aqui do comércio, da agricultura e de pequenos serviços. "
            "A assembleia decide sobre este domínio e vota o seu orçamento todos os anos. Cinco "
            "funcionários trabalham nele, com uma viatura; temos regras escritas, mas pouca "
            "experiência."
        ),
        "result_1": "A assembleia aprova um plano e as primeiras medidas são realizadas.",
        "indicator_1": "Medidas realizadas",
        "unit_1": "medidas",
        "working_with": "Com o chefe do serviço e dois funcionários, todos os dias da missão.",
        "placed": "O chefe do serviço, que faz este trabalho há seis anos.",
        "at_the_table": "Os municípios vizinhos da nossa província, cada um com um funcionário.",
        "group_leader": "O vereador deste domínio, com os funcionários que fazem o trabalho.",
        "follow_up": (
            "A comissão competente examina o plano na próxima sessão. Dois funcionários "
            "dedicam-lhe um dia por semana, e as primeiras medidas estão no orçamento do ano "
            "que vem."
        ),
        "dissemination": "Os municípios vizinhos, na reunião anual da nossa associação.",
        "risk_1": "Os responsáveis mudam antes de o plano ser aprovado.",
        "mitigation_1": "Dois funcionários seguem todo o intercâmbio, e tudo fica por escrito.",
        "other_donors": "Nenhum trabalha aqui neste problema.",
        "association_none": "Não conhecemos aqui nenhuma associação de governos como o nosso.",
    },
}


def earlier_exchange(authority, day):
    """Return the last exchange in which an authority took part before a day, else None."""
    asked = Q(dossier__authority=authority) | Q(dossier__partners=authority)
    held = Exchange.objects.filter(asked, actual_end__lt=day)
    return held.order_by("actual_end", "pk").last()


def other_answers(spec, authority):
    """Return the answers that a dossier's own description leaves out, as they are typed."""
    words = dict(REST[spec["language"]])
    known = authority.associations.first()
    if known:
        words |= {"association": str(known.pk), "association_none": ""}
    travels = {"internship": 1, "study_visit": 4}.get(spec["forms"][0], 1)
    home = 0 if spec["forms"][0] == "internship" else 40
    earlier = earlier_exchange(authority, spec["window"][0])
    women = (travels + home) * 2 // 5
    name, _email, function = spec["by"]
    return words | {
        "focal_language": nearest_language(spec["language"]),
        "baseline_1": "0",
        "target_1": "3",
        "by_1": (spec["window"][1] + timedelta(days=365)).isoformat(),
        "group_1": "inhabitants",
        "group_size_1": str(authority.population or 20_000),
        "travellers": str(travels),
        "local_participants": str(home),
        "women": str(women),
        "men": str(travels + home - women),
        "other_gender": "0",
        "undisclosed_gender": "0",
        "elected_members": str(home // 5),
        "technical_staff": str(travels + home - home // 5),
        "other_posts": "0",
        "resource_1": "staff",
        "worth_1": "1500",
        "currency_1": "EUR",
        "follow_up_person": f"{name}, {function}",
        "gender": "1",
        "climate": "0",
        "disability": "0",
        "children": "no",
        "earlier": "yes" if earlier else "no",
        "earlier_reference": earlier.reference if earlier else "",
    }
