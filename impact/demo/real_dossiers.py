"""The real exchanges that the programme made public (2017 to 2019), with what is public of them."""

from typing import Any

REAL: list[dict[str, Any]] = [
    {
        "authority": "gh-agona-west",
        "experts": [("Marieke Hartog", "nl-almere", "Adviser on sanitation", "water", "nl en")],
        "dates": ("2017-05-15", "2017-05-19"),
        "form": "expert_mission",
        "title": "A strategy for sanitation over several years",
        "topics": ["faecal-sludge", "hygiene"],
        "function": "water",
        "languages": {"en": "B2"},
        "summary": (
            "In May 2017 colleagues of Almere worked for five days in Agona West with some forty "
            "health officers, staff of associations and of the waste company. They drafted a "
            "strategy for sanitation over several years."
        ),
    },
    {
        "authority": "kh-pursat",
        "experts": [("Guðrún Arnadóttir", "is-sandgerdi", "Personnel officer", "hr", "is en")],
        "dates": ("2017-05-22", "2017-05-26"),
        "form": "expert_mission",
        "title": "A human-resources policy for Pursat",
        "topics": ["human-resources"],
        "function": "hr",
        "languages": {"en": "B2"},
        "summary": (
            "In May 2017 Sandgerði, a town of fewer than two thousand inhabitants in Iceland, "
            "helped Pursat in Cambodia with its human-resources policy: a very small town can "
            "have the know-how that a larger one needs."
        ),
    },
    {
        "authority": "md-sarata-veche",
        "partners": ["md-falesti", "md-chetris", "md-hiliuti", "md-risipeni", "md-calugar"],
        "experts": [
            ("Johan Prins", "nl-vng", "Adviser on inter-municipal services", "waste", "nl en ro"),
            ("Kees Mulder", "nl-hvc", "Expert of a municipal waste company", "waste", "nl en"),
        ],
        "dates": ("2018-09-10", "2018-09-14"),
        "form": "round_table",
        "title": "A waste service shared by six villages",
        "topics": ["collection", "intermunicipal", "waste-fees"],
        "function": "waste",
        "languages": {"en": "B1", "ro": "B1"},
        "summary": (
            "In the week of 10 September 2018 six Moldovan villages met experts of the Dutch "
            "association and of an inter-municipal waste company, one month after the match. "
            "About twenty other towns joined the talks. The advice came in eight themes, each "
            "with a responsible town."
        ),
    },
    {
        "authority": "lk-kaduwela",
        "partners": ["lk-badulla", "lk-matale"],
        "experts": [
            ("Antônia Lima", "br-manaquiri", "Municipal planner", "planning", "pt en"),
            ("Núria Camps", "es-barcelona-province", "Territorial planner", "planning", "es en"),
        ],
        "dates": ("2018-11-26", "2018-11-30"),
        "form": "study_visit",
        "title": "Municipal planning for nine towns of Sri Lanka",
        "topics": ["master-plan", "strategic-planning"],
        "function": "planning",
        "languages": {"en": "B2"},
        "summary": (
            "Nine Sri Lankan municipalities learnt about municipal planning from Manaquiri in "
            "Brazil and from the Province of Barcelona: two suppliers for one request, with a "
            "conference within the programme, and each town to pass the lessons on in its "
            "district. The week was planned from 26 November 2018."
        ),
    },
    {
        "authority": "bf-ziniare",
        "experts": [("Luc Bonnefoy", "fr-evolis-23", "Directeur technique", "waste", "fr")],
        "dates": ("2019-01-14", "2019-01-18"),
        "form": "study_visit",
        "title": "Une collecte des déchets organisée avec un partenaire de longue date",
        "topics": ["collection", "waste-fees"],
        "function": "waste",
        "languages": {"fr": "B2"},
        "summary": (
            "En janvier 2019 le maire de Ziniaré, un adjoint et deux techniciens ont passé cinq "
            "jours auprès d'Evolis 23, dans la Creuse, un partenaire de longue date. Prévue au "
            "printemps 2018, la visite a eu lieu neuf mois plus tard."
        ),
    },
]
