"""The dossiers of the demonstration that wait for a decision, were refused or withdrawn."""

from typing import Any

UNDECIDED: list[dict[str, Any]] = [
    {
        "reach": "under_selection",
        "authority": "mz-quelimane",
        "by": ("Amélia Nhantumbo", "amelia.nhantumbo@demo.invalid", "Técnica de planificação"),
        "legal": ("Artur Sitoe", "Presidente do conselho municipal"),
        "language": "pt",
        "title": "Cobrar o imposto predial de forma simples e justa",
        "summary": (
            "Quelimane quer cobrar o imposto predial com um cadastro simples e contas claras. "
            "Hoje paga um prédio em cada dez. Procuramos um colega que tenha registado prédios "
            "com poucos meios, explicado a conta aos moradores e mostrado o que se fez com o "
            "dinheiro recebido."
        ),
        "problem": (
            "Temos 62 mil casas e só seis mil no cadastro, que está em papel. O imposto paga dois "
            "por cento das despesas e dependemos das transferências do Estado, que chegam tarde. "
            "Quem paga pergunta porque é que o vizinho não paga. Tentámos uma campanha em 2021 "
            "sem cadastro atualizado e desistimos ao fim de três meses. Faltam também nomes de "
            "ruas em metade dos bairros da cidade."
        ),
        "objective": "Trinta mil prédios registados e quatro vezes mais receita.",
        "specific": ["Um cadastro simples feito com telefones e estudantes"],
        "topics": [
            ("property-tax", 3, "Cadastro e avaliação simples"),
            ("own-revenue", 2, ""),
            ("gis-addressing", 2, "Endereços"),
        ],
        "colleague": ("finance", "technical", ["urban", "coastal"]),
        "forms": ["expert_mission"],
        "languages": {"pt": "B1", "en": "B2", "es": "B2"},
        "window": (85, 240),
        "days": 8,
    },
    {
        "reach": "eligibility_check",
        "authority": "ma-chefchaouen",
        "by": ("Salma Benali", "salma.benali@demo.invalid", "Cheffe du service urbanisme"),
        "legal": ("Hassan Amrani", "Président du conseil"),
        "language": "fr",
        "title": "Moins de voitures dans la médina et autour d'elle",
        "summary": (
            "Chefchaouen étouffe l'été sous les voitures des visiteurs. Nous voulons un plan de "
            "circulation, des parkings en bas de la ville et des rues où l'on marche. Nous "
            "cherchons un élu et un technicien qui ont osé fermer un centre aux voitures et qui "
            "ont gardé les commerçants avec eux."
        ),
        "problem": (
            "En août trente mille visiteurs arrivent chaque jour dans une ville de quarante-trois "
            "mille habitants. Les ambulances ne passent plus, les murs s'abîment et les habitants "
            "quittent la médina. Un sens unique essayé en 2023 a fâché les commerçants, qui "
            "n'avaient pas été consultés. Nous n'avons ni comptages, ni parking relais, ni agent "
            "formé aux questions de mobilité."
        ),
        "objective": "Le centre sans voitures de passage, l'accord des commerçants en main.",
        "specific": ["Un plan de circulation discuté avec les commerçants"],
        "topics": [
            ("traffic-parking", 3, "Plan de circulation"),
            ("walking-cycling", 2, ""),
            ("public-space", 1, ""),
        ],
        "colleague": ("mayor", "both", ["mountain"]),
        "forms": ["study_visit"],
        "languages": {"fr": "B2", "es": "B2"},
        "window": (70, 200),
        "days": 4,
    },
    {
        "reach": "correction_asked",
        "authority": "ps-jenin",
        "by": ("Lina Mansour", "lina.mansour@demo.invalid", "Head of projects"),
        "legal": ("Khaled Saleh", "Mayor"),
        "language": "en",
        "title": "Know where the water goes before it is lost",
        "summary": (
            "Jenin loses two fifths of the little water that it gets. We look for a water "
            "engineer who has divided a network into zones, found leaks with simple tools and "
            "kept a repair team going, in a town where supply comes only some days of the week."
        ),
        "problem": (
            "Water reaches each street three days a week in summer. Of what we buy, 41 per cent "
            "is lost in pipes or not billed. Maps of the network are from 1996 and the last works "
            "destroyed many valves. People buy from tankers at five times the price. We bought "
            "two leak detectors, but nobody was trained to use them and repairs wait for weeks "
            "for parts that we cannot keep in store."
        ),
        "objective": "Losses below thirty per cent in two years, and hours of supply kept.",
        "specific": ["Three zones with meters, and a repair team trained on the job"],
        "topics": [
            ("water-losses", 3, "Zones, meters, leaks"),
            ("water-utility", 2, "Honest bills"),
        ],
        "colleague": ("water", "technical", ["urban"]),
        "forms": ["internship", "expert_mission"],
        "languages": {"en": "B2"},
        "window": (80, 230),
        "days": 10,
    },
    {
        "reach": "submitted",
        "authority": "ec-cuenca",
        "by": ("Verónica Ordóñez", "veronica.ordonez@demo.invalid", "Directora de cultura"),
        "legal": ("Marcelo Vega", "Alcalde"),
        "language": "es",
        "title": "Vivir en el centro histórico y no solo visitarlo",
        "summary": (
            "Cuenca pierde vecinos en su centro histórico: las casas se vuelven hoteles o se "
            "caen. Buscamos colegas que hayan ayudado a propietarios pequeños a rehabilitar su "
            "casa, con normas sencillas y obras de emergencia, y que sepan convencer a los "
            "propietarios ausentes."
        ),
        "problem": (
            "En veinte años el centro histórico perdió la mitad de sus habitantes. De 3.200 casas "
            "protegidas, cuatrocientas amenazan ruina y muchas tienen diez herederos que no se "
            "hablan. Los permisos tardan un año. Probamos un fondo de crédito que nadie pidió, "
            "porque exige escritura limpia. Mientras tanto abren hoteles y sube el alquiler de "
            "las familias que quedan."
        ),
        "objective": "Cien casas rehabilitadas con sus vecinos dentro en cuatro años.",
        "specific": ["Una oficina de ayuda a propietarios, con inventario y obras de emergencia"],
        "topics": [
            ("heritage", 3, "Inventario y normas sencillas"),
            ("regeneration", 2, ""),
            ("housing-renovation", 2, "Propietarios ausentes"),
        ],
        "colleague": ("planning", "technical", ["urban"]),
        "forms": ["expert_mission", "study_visit"],
        "languages": {"es": "B2", "pt": "C1"},
        "window": (90, 300),
        "days": 5,
    },
    {
        "reach": "not_selected",
        "authority": "md-falesti",
        "by": ("Elena Rusu", "elena.rusu@demo.invalid", "Social services manager"),
        "legal": ("Vasile Munteanu", "Mayor"),
        "language": "en",
        "title": "Care for older people whose children work abroad",
        "summary": (
            "In Fălești a third of residents are over sixty and many live alone, as their "
            "children work abroad. We look for a colleague who has brought home care, doctors "
            "and volunteers to one table in small towns, and who knows what it costs to keep "
            "such a service running for years."
        ),
        "problem": (
            "Of 12,000 residents, 3,900 are over sixty and 1,100 of them live alone. Two social "
            "workers visit 80 homes. In winter people die of cold and are found late. The health "
            "centre, the church and the town do not know of each other's visits. A volunteer "
            "service paid by a donor stopped when the project ended. The law lets us employ "
            "carers, but we do not know how to begin or to pay for it."
        ),
        "objective": "Every older person who lives alone is visited each week in winter.",
        "specific": ["A shared list of visits, and carers employed by the town"],
        "topics": [("older-people", 3, "Home care"), ("poverty", 1, "")],
        "colleague": ("social", "both", ["rural"]),
        "forms": ["study_visit", "round_table"],
        "languages": {"en": "B1", "fr": "B2"},
        "window": (80, 260),
        "days": 4,
    },
    {
        "reach": "withdrawn",
        "authority": "br-manaquiri",
        "by": ("Socorro Batista", "socorro.batista@demo.invalid", "Secretária de saúde"),
        "legal": ("Jair Souto", "Prefeito"),
        "language": "pt",
        "title": "Chegar antes da cheia: aviso e abrigo para as comunidades do rio",
        "summary": (
            "Manaquiri quer avisar as comunidades do rio antes de cada cheia e abrigar as "
            "famílias sem separar vizinhos. Procuramos colegas que tenham montado um aviso "
            "prévio com meios simples e preparado abrigos com as próprias comunidades, bairro "
            "a bairro."
        ),
        "problem": (
            "Todos os anos o rio sobe e quarenta comunidades ficam isoladas. Em 2021 saíram "
            "quatro mil pessoas em barcos, sem lista nem lugar certo. A régua do porto é lida uma "
            "vez por dia e a rádio não chega a todas as casas. O plano de emergência é de 2009 e "
            "ninguém o conhece. Perdemos vacinas e merenda escolar. Tentámos grupos de mensagens, "
            "mas a rede falha quando chove muito."
        ),
        "objective": "Cada comunidade sabe três dias antes que a água vem e para onde ir.",
        "specific": ["Um aviso prévio por rádio e bandeiras em quarenta comunidades"],
        "topics": [("early-warning", 3, ""), ("floods", 3, ""), ("emergency-plan", 2, "")],
        "colleague": ("safety", "technical", ["river"]),
        "forms": ["expert_mission"],
        "languages": {"pt": "C1", "es": "B2"},
        "window": (75, 210),
        "days": 6,
    },
    {
        "reach": "draft",
        "authority": "gh-agona-west",
        "call": "women",
        "by": ("Efua Mensah", "efua.mensah@demo.invalid", "Development planning officer"),
        "legal": ("Justina Assan", "Municipal chief executive"),
        "language": "en",
        "title": "More women in the assembly and in its committees",
        "summary": (
            "Agona West has three women among its 31 assembly members, and none leads a committee. "
            "We look for colleagues, elected women among them, who have brought more women into "
            "local politics and kept them there, with rules for meetings, training and quotas "
            "that hold."
        ),
        "problem": (
            "Three of 31 members of our assembly are women. They sit on no committee that decides "
            "on money. Meetings begin at five and end at ten, when no bus runs. In the last "
            "election nine women stood and six gave up after insults on local radio. We held a "
            "training day that men attended. The national law on affirmative action exists, but "
            "nobody in the district knows what it asks of us."
        ),
        "objective": "Ten women in the next assembly, and two of them at the head of committees.",
        "specific": ["Rules for meetings that allow parents to take part"],
        "topics": [("women-leadership", 3, ""), ("gender-policy", 2, "")],
        "colleague": ("councillor", "elected", ["urban"]),
        "forms": ["round_table", "study_visit"],
        "languages": {"en": "B2"},
        "window": (100, 300),
        "days": 4,
    },
]
