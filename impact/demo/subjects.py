"""Short needs that any town of a language may have: what keeps the demonstration alive is made of.

Towns are real, all that is said of them is invented; the summary says so.
"""

from typing import Any

INVENTED = {
    "en": "Invented for the demonstration.",
    "fr": "Inventé pour la démonstration.",
    "es": "Inventado para la demostración.",
}
COUNTRIES = {
    "en": ("GH", "UG", "KE", "LK", "RW", "TZ", "ZM"),
    "fr": ("SN", "BF", "MA", "CI"),
    "es": ("CO", "EC"),
}
SUBJECTS: list[dict[str, Any]] = [
    {
        "language": "en",
        "title": "Street lights that work again in {town}",
        "summary": (
            "{town} has eight hundred street lights, and half of them are dark. We look for "
            "colleagues who have kept lights burning with a small team, a stock of spare parts and "
            "a number that residents can call, and who know what it costs each year."
        ),
        "problem": (
            "Since 2021 more and more of our street lights have gone dark, now about half of them. "
            "Traders close their stalls at six, and girls do not go to evening classes. We bought "
            "lamps twice, of a kind for which no spare parts are sold here. Two electricians work "
            "for the whole town and have no list of what hangs where. A project gave us forty "
            "solar lamps; thirty failed within three years, when the batteries were due."
        ),
        "objective": "Nine of ten street lights burn, and a fault is mended within ten days.",
        "specific": ["A register of all lamps, with who mends them and with what"],
        "topics": [("street-lighting", 3, "")],
        "colleague": ("engineering", "technical", ["urban"]),
        "forms": ["expert_mission", "study_visit"],
        "days": 5,
    },
    {
        "language": "en",
        "title": "A property tax that the people of {town} understand",
        "summary": (
            "In {town} one owner of five pays the property tax, and nobody can say what it was "
            "spent on. We look for colleagues who have made a simple register, bills that can be "
            "read, and one visible thing done with the money each year, street by street."
        ),
        "problem": (
            "Our register of houses is of 2009 and lists four thousand of perhaps eleven thousand. "
            "Bills go out in March and are left at the gate. One owner of five pays, mostly those "
            "who need a permit. We hired collectors on commission, and there were quarrels. The "
            "council wants a fair tax, but members fear the next election. Our own revenue covers "
            "only a quarter of the cost of services, and the grant comes late each year."
        ),
        "objective": "Half of the owners pay within two years, and see what it is spent on.",
        "specific": ["A register of houses that two officers keep up to date"],
        "topics": [("property-tax", 3, ""), ("own-revenue", 2, "")],
        "colleague": ("finance", "both", []),
        "forms": ["expert_mission", "round_table"],
        "days": 5,
    },
    {
        "language": "en",
        "title": "Rain that no longer floods the market of {town}",
        "summary": (
            "After each heavy rain the market of {town} stands under water for two days. We look "
            "for colleagues who have kept drains open with the traders themselves and made room "
            "for water with little money, before the rains and not after them."
        ),
        "problem": (
            "Four times in the last rainy season the market stood under water, and traders lost "
            "goods worth more than a year of our drainage budget. The drains of 1998 are half full "
            "of sand and plastic. We clear them by hand in May, and they are full again in July. "
            "Houses were built over two outlets with permits of ours. A consultant drew a plan for "
            "a canal that we shall never be able to pay, and nothing smaller has been tried."
        ),
        "objective": "The market is dry one hour after the rain, in three seasons of four.",
        "specific": ["A plan of small works and of cleaning that traders keep to"],
        "topics": [("stormwater", 3, ""), ("floods", 2, "")],
        "colleague": ("engineering", "technical", ["river"]),
        "forms": ["expert_mission", "study_visit"],
        "days": 5,
    },
    {
        "language": "fr",
        "title": "Enregistrer chaque naissance à {town}",
        "summary": (
            "À {town}, quatre enfants sur dix n'ont pas d'acte de naissance à leur entrée à "
            "l'école. Nous cherchons des collègues qui ont rapproché l'état civil des maternités "
            "et des quartiers, formé les agents et remis de l'ordre dans les registres."
        ),
        "problem": (
            "Quatre enfants sur dix arrivent à l'école sans acte de naissance. Le bureau d'état "
            "civil est au centre, et une matinée de voyage coûte plus que l'acte. Les registres de "
            "1975 à 1990 tombent en morceaux. Trois agents copient à la main ; les sages-femmes "
            "notent les naissances sur un cahier que personne ne relève. Nous avons tenu deux "
            "audiences foraines : mille actes en trois jours, puis plus rien."
        ),
        "objective": "Neuf naissances sur dix sont enregistrées dans le mois, d'ici deux ans.",
        "specific": ["Un point d'enregistrement dans chaque maternité de la commune"],
        "topics": [("civil-registration", 3, ""), ("one-stop-shop", 1, "")],
        "colleague": ("digital", "technical", ["urban"]),
        "forms": ["study_visit", "expert_mission"],
        "days": 5,
    },
    {
        "language": "fr",
        "title": "Composter les déchets du marché de {town}",
        "summary": (
            "Le marché de {town} produit six tonnes de déchets par jour, surtout des restes de "
            "légumes, que nous brûlons hors de la ville. Nous cherchons des collègues qui ont "
            "monté un compostage simple avec les vendeuses et trouvé des acheteurs."
        ),
        "problem": (
            "Six tonnes de déchets quittent chaque jour le marché, dont les deux tiers sont des "
            "restes de légumes. Nous les brûlons hors de la ville, et la fumée revient sur deux "
            "quartiers. Un essai de compostage a échoué en 2022 : du verre et du plastique "
            "partout, et aucun acheteur. Les maraîchers du bord du fleuve achètent pourtant du "
            "fumier de loin. Deux agents et un tracteur sont disponibles, et un terrain clos."
        ),
        "objective": "La moitié des déchets du marché devient un compost que l'on achète.",
        "specific": ["Un tri fait par les vendeuses, et un contrat avec les maraîchers"],
        "topics": [("composting", 3, ""), ("recycling", 1, "")],
        "colleague": ("waste", "technical", ["urban"]),
        "forms": ["study_visit", "expert_mission"],
        "days": 5,
    },
    {
        "language": "es",
        "title": "Un presupuesto que los barrios de {town} deciden y vigilan",
        "summary": (
            "{town} quiere que los barrios decidan una parte de la inversión y vean en qué se "
            "gasta. Buscamos colegas que hayan hecho varios años de presupuesto participativo, con "
            "mujeres y zonas rurales, y que sepan qué pasa en el segundo año."
        ),
        "problem": (
            "En 2023 hicimos una primera ronda de asambleas: vinieron cuatrocientas personas, casi "
            "todas de los barrios del centro, y se votaron treinta obras. Solo nueve se hicieron, "
            "y nadie explicó por qué. En la segunda ronda vino la mitad. Los corregimientos no "
            "tienen transporte de noche. El concejo teme perder el control, y los técnicos no "
            "saben cuánto cuesta lo que se pide. No hay ninguna página donde se vea el gasto."
        ),
        "objective": "Dos años seguidos, ocho de cada diez obras votadas se hacen y se explican.",
        "specific": ["Un reglamento corto y un tablero público de cada obra votada"],
        "topics": [("participatory-budget", 3, ""), ("transparency", 2, "")],
        "colleague": ("planning", "both", ["urban"]),
        "forms": ["expert_mission", "round_table"],
        "days": 5,
    },
]
WRITERS = {
    "en": ("Ama", "Kofi", "Grace", "Peter", "Esther", "Samuel", "Mercy", "Daniel"),
    "fr": ("Aïssatou", "Moussa", "Fatou", "Idrissa", "Mariam", "Souleymane", "Awa", "Karim"),
    "es": ("Lucía", "Andrés", "Carolina", "Mateo", "Gabriela", "Javier", "Paola", "Iván"),
}
FAMILIES = {
    "en": ("Boateng", "Okello", "Wanjiru", "Perera", "Addo", "Mugisha", "Otieno", "Silva"),
    "fr": ("Traoré", "Diallo", "Sow", "Kaboré", "Bennani", "Koné", "Ouattara", "Faye"),
    "es": ("Rojas", "Cárdenas", "Molina", "Herrera", "Vásquez", "Ríos", "Paredes", "Lozano"),
}
FUNCTIONS = {
    "en": ("Planning officer", "Mayor"),
    "fr": ("Chargée de projets", "Maire"),
    "es": ("Jefa de proyectos", "Alcalde"),
}
LOWEST = {"en": {"en": "B1"}, "fr": {"fr": "B1"}, "es": {"es": "B1"}}
