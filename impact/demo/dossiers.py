"""The dossiers of the demonstration: invented persons, towns that exist, needs as they are.

`reach` is how far the dossier goes; windows are days from today. The five at the end are the
real exchanges that the programme made public (2017 to 2019), with what is public about them.
"""

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

DOSSIERS = [
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

REAL = [
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
