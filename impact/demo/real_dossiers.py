"""The real exchanges that the programme made public (2017 to 2019), with what is public of them.

`summary` is that; what a town `asked` months before is invented, and so is whoever is named.
`people`: of the town and its partners, with the contact.
"""

from typing import Any

REAL: list[dict[str, Any]] = [
    {
        "authority": "gh-agona-west",
        "experts": [
            ("Marieke Hartog", "nl-almere", "Adviser on sanitation", "water", "nl en"),
            ("Joost van Dam", "nl-almere", "Adviser on public health", "environment", "nl en"),
        ],
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
        "people": 40,
        "by": ("Yaw Darko", "Environmental health officer"),
        "legal": ("Comfort Ansah", "Municipal chief executive"),
        "asked": {
            "summary": (
                "Agona West wants a strategy for sanitation that holds for several years. Its "
                "health officers, the associations and the waste company each have plans of their "
                "own. We look for colleagues who wrote such a strategy with those who carry it "
                "out. Invented for the demonstration."
            ),
            "problem": (
                "Four households of ten have no toilet of their own, and the public ones are "
                "closed at night. Health officers visit compounds, but each zone counts in its "
                "own way and nobody adds the figures up. Projects come and go: three plans lie in "
                "the office, none with a budget. The waste company and the associations were "
                "never asked together what they could do."
            ),
            "objective": (
                "One strategy for sanitation, written with those who carry it out, in the budget "
                "of the assembly."
            ),
        },
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
        "people": 5,
        "by": ("Chea Bopha", "Head of personnel"),
        "legal": ("Sok Vannak", "Governor"),
        "asked": {
            "summary": (
                "Pursat wants a first policy for the people who work for it: job descriptions, "
                "training, leave and promotion. We look for a colleague of a small municipality "
                "who has written such rules and lives by them. Invented for the demonstration."
            ),
            "problem": (
                "The municipality has a hundred and twenty employees and no written rules for "
                "them. Who is promoted, who may take leave and who is trained is decided case by "
                "case. Good young people leave for the provincial departments, where posts have "
                "descriptions. New tasks come with the reform of the state, and we do not know "
                "whom we need for them."
            ),
            "objective": (
                "Rules for posts, training and leave that the staff helped to write and that the "
                "council adopts."
            ),
        },
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
        "people": 26,
        "by": ("Ana Rusu", "Specialist in municipal services"),
        "legal": ("Vasile Munteanu", "Mayor"),
        "asked": {
            "summary": (
                "Six Moldovan villages want to collect their waste together. None of them can pay "
                "for a lorry alone. We look for colleagues who share such a service between "
                "councils, with a fee that people accept. Invented for the demonstration."
            ),
            "problem": (
                "Each of our six villages has a dump of its own at the edge of the fields. One "
                "tractor serves two of them; the others leave it to the households. A lorry costs "
                "more than any of our budgets for a year. We have talked of a shared service "
                "since the last elections, but not of who would own it, who would pay for it and "
                "what a household should give."
            ),
            "objective": (
                "A shared waste service of six villages with a contract, a fee and one place for "
                "what is collected."
            ),
        },
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
        "people": 9,
        "by": ("Nirmala Fernando", "Town planner"),
        "legal": ("Sunil Wickramasinghe", "Mayor"),
        "asked": {
            "summary": (
                "Nine municipalities of Sri Lanka want to plan their growth before it happens. "
                "Kaduwela asks for all of them. We look for colleagues who make municipal plans "
                "that councils keep to, with small teams. Invented for the demonstration."
            ),
            "problem": (
                "Our towns grow along the roads faster than any plan. Kaduwela doubled in twenty "
                "years; schools, drains and buses follow years later. The national plan does not "
                "go into streets, and our own plans of the nineties are no longer read. The nine "
                "municipalities have eleven planners between them, and none has seen how another "
                "country does it."
            ),
            "objective": (
                "A municipal plan in each of the nine towns that the council adopts and looks at "
                "again each year."
            ),
        },
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
        "people": 4,
        "by": ("Mahamadi Kaboré", "Chef du service technique"),
        "legal": ("Adama Zongo", "Maire"),
        "asked": {
            "summary": (
                "Ziniaré veut organiser la collecte de ses déchets avec un partenaire de longue "
                "date, qui gère ce service pour de petites communes. Nous cherchons des collègues "
                "qui montrent leurs tournées, leurs comptes et leurs contrats. Inventé pour la "
                "démonstration."
            ),
            "problem": (
                "Les déchets de Ziniaré finissent dans les caniveaux et au bord des champs. Un "
                "groupement de femmes balaie le marché, et quelques charretiers passent chez ceux "
                "qui les appellent. Il n'y a ni tournée, ni redevance, ni lieu de regroupement. "
                "La commune a un tracteur et deux agents. Nous avons échangé par courrier avec "
                "notre partenaire, mais personne n'a vu son service de près."
            ),
            "objective": (
                "Une collecte régulière dans deux secteurs, avec une redevance et un lieu de "
                "regroupement."
            ),
        },
    },
]
