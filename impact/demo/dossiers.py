"""The dossiers of the demonstration: invented persons, towns that exist, needs as they are.

`reach` is how far the dossier goes; windows are days from today.
"""

from typing import Any

from impact.demo.undecided_dossiers import UNDECIDED

COMMITMENT = {
    "en": (
        "The council discussed this request in its last session and voted to free two officers "
        "for the exchange and for the year that follows. The mayor follows it in person."
    ),
    "fr": (
        "Le conseil a débattu de cette demande lors de sa dernière session et a décidé de libérer "
        "deux agents pour l'échange et pour l'année qui suit. Le maire la suit en personne."
    ),
    "es": (
        "El concejo debatió esta solicitud en su última sesión y acordó liberar a dos funcionarios "
        "para el intercambio y para el año siguiente. La alcaldía la sigue en persona."
    ),
    "pt": (
        "A assembleia debateu este pedido na última sessão e decidiu libertar dois funcionários "
        "para o intercâmbio e para o ano seguinte. O presidente acompanha-o em pessoa."
    ),
}

ADMITTED: list[dict[str, Any]] = [
    {
        "reach": "published",
        "authority": "gh-agona-west",
        "by": ("Efua Mensah", "efua.mensah@demo.invalid", "Development planning officer"),
        "legal": ("Justina Assan", "Municipal chief executive"),
        "language": "en",
        "title": "Organise the emptying of latrines and the treatment of what is collected",
        "summary": (
            "Agona West looks for a colleague who has organised the emptying of pits and septic "
            "tanks and found a safe place for what is collected. Two private trucks serve the "
            "town and there is no treatment site. We want rules for operators, a fair price and "
            "a site that we can run ourselves."
        ),
        "problem": (
            "Two private trucks empty the pits of 28,000 people in Swedru. There is no place to "
            "discharge, so they use the stream behind the lorry park, where children fetch water. "
            "Prices changed three times this year and poor households wait until pits overflow. "
            "We tried a by-law in 2023 but could not enforce it without a site. Cholera came back "
            "last rainy season: 41 cases."
        ),
        "objective": "No sludge ends in the stream; every household can pay for its pit.",
        "specific": [
            "Licences and a fixed price for the operators of trucks",
            "A small treatment site, chosen with the neighbours and costed",
        ],
        "topics": [
            ("faecal-sludge", 3, "Licences, price, and a discharge site"),
            ("water-utility", 1, "Setting a tariff"),
        ],
        "colleague": ("water", "technical", ["urban", "peri-urban"]),
        "forms": ["expert_mission", "study_visit"],
        "languages": {"en": "B2"},
        "window": (70, 220),
        "days": 5,
    },
    {
        "reach": "published",
        "authority": "bf-ziniare",
        "by": ("Awa Compaoré", "awa.compaore@demo.invalid", "Cheffe du service propreté"),
        "legal": ("Pascal Compaoré", "Maire"),
        "language": "fr",
        "title": "Faire payer la collecte des ordures et garder les charrettes en route",
        "summary": (
            "Ziniaré cherche un collègue qui a organisé la collecte des déchets dans une petite "
            "ville avec peu de moyens. Nos charretiers travaillent, mais un ménage sur trois "
            "paie et les charrettes tombent en panne. Nous voulons une redevance acceptée, des "
            "contrats clairs et un lieu de regroupement."
        ),
        "problem": (
            "Quarante charretiers ramassent les ordures de quatre mille ménages, mais un sur trois "
            "seulement paie la redevance. Les charrettes tombent en panne et les ordures restent "
            "devant les portes ; à la saison des pluies elles bouchent les caniveaux. Nous avons "
            "essayé des collecteurs de quartier, sans contrat écrit ni contrôle. Les femmes qui "
            "balaient le marché ne sont plus payées depuis mars."
        ),
        "objective": "Deux ménages sur trois paient et les charrettes passent à l'heure.",
        "specific": ["Une redevance votée et expliquée dans chaque quartier"],
        "topics": [
            ("waste-fees", 3, "Fixer une redevance et la faire accepter"),
            ("collection", 3, "Tournées et entretien des charrettes"),
            ("waste-pickers", 1, ""),
        ],
        "colleague": ("waste", "both", ["peri-urban"]),
        "forms": ["study_visit", "expert_mission"],
        "languages": {"fr": "B2"},
        "window": (75, 200),
        "days": 5,
    },
    {
        "reach": "published",
        "authority": "ug-moroto",
        "by": ("Betty Lomongin", "betty.lomongin@demo.invalid", "District planner"),
        "legal": ("David Koryang", "District chairperson"),
        "language": "en",
        "title": "One counter for small firms, and a market that feeds the district",
        "summary": (
            "Moroto District wants herders, traders and young people to earn a living in town. "
            "Small firms must visit six offices for one licence, and the market has neither shade "
            "nor water. We look for colleagues who made a plan for the local economy with traders "
            "and kept to it."
        ),
        "problem": (
            "Since peace returned, 12,000 people have settled in Moroto town and most live from "
            "petty trade. A licence takes six offices and three weeks, so few ask for one. The "
            "market burned in 2021 and traders sit in the road. Young people leave or drink. A "
            "strategy written by consultants lies in a drawer: nobody in the district took part "
            "in it. Revenue from markets fell by a third."
        ),
        "objective": "Small firms register in a day, and the market pays for its own upkeep.",
        "specific": ["A local economy plan written by traders, herders and the council"],
        "topics": [
            ("led-strategy", 3, "A plan that is carried out"),
            ("small-business", 3, "One counter for licences"),
            ("markets", 2, "Rebuilding with traders"),
        ],
        "colleague": ("economy", "both", ["rural", "arid"]),
        "forms": ["round_table", "expert_mission"],
        "languages": {"en": "B2"},
        "window": (80, 240),
        "days": 5,
    },
    {
        "reach": "validated",
        "authority": "lk-badulla",
        "by": ("Chamari Silva", "chamari.silva@demo.invalid", "Works superintendent"),
        "legal": ("Ruwan Jayasuriya", "Mayor"),
        "language": "en",
        "title": "A land-use plan that a small hill town can keep to",
        "summary": (
            "Badulla grows up its slopes without a plan. Houses stand where the hill slides and "
            "drains end in gardens. With its neighbours it looks for colleagues who made simple "
            "plans with residents in small municipalities, and who share one technical office "
            "between several councils."
        ),
        "problem": (
            "Our town of 42,000 has one planner for building permits and none for planning. In the "
            "last rains eleven houses slid. The plan of 1998 covers a third of the town. Permits "
            "take five months, so people build without. The councils around us have the same "
            "trouble and no planner at all. We tried to hire one together, but the rules of the "
            "province did not let us."
        ),
        "objective": "A plan approved by the council and permits given within two months.",
        "specific": ["A technical office shared with four neighbouring councils"],
        "topics": [
            ("master-plan", 3, "Plans made with residents"),
            ("building-permits", 2, ""),
            ("intermunicipal", 2, "Sharing a technical office"),
        ],
        "colleague": ("planning", "technical", ["mountain", "urban"]),
        "forms": ["round_table", "expert_mission"],
        "languages": {"en": "B2"},
        "window": (90, 260),
        "days": 5,
    },
    {
        "reach": "shortlisting",
        "authority": "kh-pursat",
        "by": ("Chan Sophea", "chan.sophea@demo.invalid", "Deputy head of administration"),
        "legal": ("Keo Vannak", "Governor"),
        "language": "en",
        "title": "A personnel policy that civil servants understand and trust",
        "summary": (
            "Pursat wants fair rules for hiring, pay steps, training and leave of its 180 civil "
            "servants. Today each office decides alone. We look for a colleague from a small "
            "municipality who wrote a personnel policy with staff and used it for some years."
        ),
        "problem": (
            "Powers and 60 new posts came to the municipality with decentralisation, but no rules "
            "came with them. Posts have no descriptions, leave is not written down and training "
            "goes to those who know somebody. Four good young officers left last year. A first "
            "draft of rules was translated from another country and nobody reads it. Women hold "
            "two of nineteen posts of responsibility."
        ),
        "objective": "Every civil servant has a job description, a yearly talk and a fair chance.",
        "specific": ["A personnel policy written with a staff committee"],
        "topics": [
            ("human-resources", 3, "Job descriptions, pay grades, yearly talks"),
            ("staff-training", 2, ""),
        ],
        "colleague": ("hr", "technical", ["urban"]),
        "forms": ["expert_mission", "internship"],
        "languages": {"en": "B2"},
        "window": (70, 250),
        "days": 5,
        "interests": ["Sigrún Jónsdóttir", "Rob Kuipers"],
    },
    {
        "reach": "consent_pending",
        "authority": "sn-thies",
        "by": ("Khady Sarr", "khady.sarr@demo.invalid", "Directrice de la planification"),
        "legal": ("Babacar Diop", "Maire"),
        "language": "fr",
        "title": "Des cantines scolaires servies par les maraîchers de la région",
        "summary": (
            "Thiès veut que les cantines de ses écoles achètent aux maraîchers proches. Les repas "
            "sont irréguliers et chers, et les producteurs jettent une part de la récolte. Nous "
            "cherchons une collègue qui a relié écoles, producteurs et marchés publics."
        ),
        "problem": (
            "Seize écoles sur cent ont une cantine, ouverte deux jours par semaine. Les denrées "
            "viennent de la capitale par un seul fournisseur, trop cher, alors que les maraîchers "
            "des Niayes jettent un quart de leur récolte. Nos marchés publics ne sont pas "
            "découpés en petits lots. Un essai en 2022 avec trois coopératives s'est arrêté faute "
            "de paiements à temps. Les filles quittent l'école les premières."
        ),
        "objective": "Cinquante écoles servent quatre repas par semaine, produits ici.",
        "specific": ["Des marchés publics en petits lots, payés en trente jours"],
        "topics": [
            ("school-meals", 3, "Organisation et coûts"),
            ("food-systems", 2, ""),
            ("procurement", 2, "Marchés en petits lots"),
        ],
        "colleague": ("environment", "technical", ["urban"]),
        "forms": ["study_visit", "expert_mission"],
        "languages": {"fr": "B2"},
        "window": (75, 300),
        "days": 5,
        "interests": ["Lieve Maes"],
    },
    {
        "reach": "matched",
        "authority": "co-pasto",
        "by": ("Diana Erazo", "diana.erazo@demo.invalid", "Profesional de ambiente"),
        "legal": ("Nicolás Toro", "Alcalde"),
        "language": "es",
        "title": "Incluir a las familias recicladoras en el servicio de aseo",
        "summary": (
            "Pasto quiere que trescientas familias recicladoras trabajen con contrato dentro del "
            "servicio público de aseo. Hoy buscan en las bolsas de noche, sin pago ni seguro. "
            "Buscamos un colega que haya hecho ese acuerdo y lo haya sostenido con los años."
        ),
        "problem": (
            "Trescientas familias viven de lo que sacan de las bolsas de basura por la noche. No "
            "tienen rutas, uniforme ni seguridad social, y los vecinos se quejan de las bolsas "
            "rotas. El relleno recibe cada día noventa toneladas que se podrían aprovechar. En "
            "2022 firmamos un acuerdo con una asociación, pero el pago por tonelada llegó con "
            "ocho meses de retraso y la gente volvió a la calle."
        ),
        "objective": "Doscientas familias con contrato y menos residuos en el relleno.",
        "specific": ["Rutas, centros de acopio y pago mensual por tonelada"],
        "topics": [
            ("waste-pickers", 3, "Contratos y pago por tonelada"),
            ("recycling", 2, ""),
        ],
        "colleague": ("waste", "technical", ["mountain", "urban"]),
        "forms": ["study_visit", "expert_mission"],
        "languages": {"es": "C1"},
        "window": (70, 280),
        "days": 5,
        "interests": ["Patricio Andrade"],
    },
]

DOSSIERS = [*ADMITTED, *UNDECIDED]
