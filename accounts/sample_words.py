"""What somebody would have typed in each language, for the letters with invented facts."""

from typing import Any

Words = dict[str, Any]


def write_facts(words: Words) -> Words:
    """Return those facts of a letter that its people typed or that we say, in their language."""
    latrines, sorting = words["latrines"], words["sorting"]
    visit, debrief, dinner, council, hall = words["agenda"]
    subjects = [f"EX-2026-0001: {one}" for one in words["subjects"]]
    return {
        "about": latrines,
        "title": latrines,
        "items": [
            {"day": words["day"], "title": title, "place": place}
            for title, place in (
                (visit, "Swedru"),
                (debrief, ""),
                (dinner, ""),
                (council, hall),
            )
        ],
        "fields": [
            {"question": question, "comment": comment} for question, comment in words["fields"]
        ],
        "requests": [
            [latrines, f"Agona West, {words['country']}"],
            [sorting, f"Thiès, {words['senegal']}"],
        ],
        "tasks": [
            f"{what}{words['colon']} {about.join(words['marks'])} · {place}"
            for what, about, place in zip(
                words["tasks"],
                (latrines, sorting),
                (f"Agona West, {words['country']}", f"Thiès, {words['senegal']}"),
                strict=True,
            )
        ],
        "first": subjects[0],
        "subjects": subjects,
    } | {
        name: words[name]
        for name in (
            *("call", "changed", "costs", "country", "findings", "form", "function", "ground"),
            *("lacking", "note", "offer", "purpose", "reason", "seal", "stands", "text", "told"),
            *("heading", "message", "why"),
        )
    }


FRENCH: Words = {
    "colon": "\u00a0:",
    "marks": ("«\u00a0", "\u00a0»"),
    "tasks": ("Envoyer la correction", "Répondre à l’échange proposé"),
    "latrines": "Organiser la vidange des latrines",
    "sorting": "Trier les déchets",
    "agenda": ("Visite de la station", "Bilan", "Dîner", "Conseil", "Mairie"),
    "day": "25 janvier 2027",
    "fields": (
        ("Le problème", "Depuis quand\u00a0?"),
        ("Langues de travail", "Laquelle parle le conseil\u00a0?"),
    ),
    "country": "Ghana",
    "senegal": "Sénégal",
    "subjects": ("un message pour vous", "une photo de vous"),
    "call": "Printemps 2027",
    "closing": "31 décembre 2026 à 17:00",
    "changed": ["Vols", "Interprète"],
    "costs": "Un vol, 640 euros",
    "findings": "ligne supprimée\u00a0: la ligne 12 d’une chronologie (sceau 3) a disparu",
    "form": "mission d’expertise",
    "function": "Chef du service des boues",
    "ground": "déjà financé",
    "lacking": ["les termes de référence, signés", "l’assurance de Kofi"],
    "note": "L’argent de cette session est dépensé.",
    "offer": "Vidange programmée des fosses",
    "purpose": "un plan d’action à approuver, EX-2026-0001",
    "role": "instructeur·rice du programme",
    "reason": "La semaine ne nous convient pas.",
    "seal": "sceau 12",
    "stands": "envoyé",
    "text": "Comment avez-vous fixé le tarif\u00a0?",
    "told": "Bienvenue parmi nous.",
    "heading": "Rencontre des spécialistes des boues",
    "message": "Bonjour Efua,\n\nNous nous rencontrons en ligne en mai. Y serez-vous\u00a0?",
    "why": "Vous recevez ce courriel parce que vous avez un profil d’expert·e dans CONNECT.",
}
SPANISH: Words = {
    "colon": ":",
    "marks": ("«", "»"),
    "tasks": ("Enviar la corrección", "Responder al intercambio propuesto"),
    "latrines": "Organizar el vaciado de letrinas",
    "sorting": "Separar los residuos",
    "agenda": ("Visita a la planta", "Balance", "Cena", "Concejo", "Ayuntamiento"),
    "day": "25 de enero de 2027",
    "fields": (
        ("El problema", "¿Desde cuándo?"),
        ("Idiomas de trabajo", "¿Cuál habla el concejo?"),
    ),
    "country": "Ghana",
    "senegal": "Senegal",
    "subjects": ("un mensaje para usted", "una fotografía suya"),
    "call": "Primavera de 2027",
    "closing": "31 de diciembre de 2026 a las 17:00",
    "changed": ["Vuelos", "Intérprete"],
    "costs": "Un vuelo, 640 euros",
    "findings": "fila eliminada: falta la línea 12 de una cronología (sello 3)",
    "form": "misión de expertos",
    "function": "Jefa de lodos",
    "ground": "ya financiado",
    "lacking": ["los términos de referencia, firmados", "el seguro de Kofi"],
    "note": "El dinero de esta ronda está gastado.",
    "offer": "Vaciado programado de fosas",
    "purpose": "un plan de acción por aprobar, EX-2026-0001",
    "role": "responsable del programa",
    "reason": "La semana no nos conviene.",
    "seal": "sello 12",
    "stands": "enviada",
    "text": "¿Cómo fijaron la tarifa?",
    "told": "Bienvenida entre nosotros.",
    "heading": "Encuentro de especialistas en lodos",
    "message": "Hola, Efua:\n\nNos reunimos en línea en mayo. ¿Participará usted?",
    "why": "Recibe este correo electrónico porque tiene un perfil de experto o experta en CONNECT.",
}
PORTUGUESE: Words = {
    "colon": ":",
    "marks": ("«", "»"),
    "tasks": ("Enviar a correção", "Responder ao intercâmbio proposto"),
    "latrines": "Organizar o esvaziamento de latrinas",
    "sorting": "Separar os resíduos",
    "agenda": ("Visita à estação", "Balanço", "Jantar", "Assembleia", "Câmara municipal"),
    "day": "25 de janeiro de 2027",
    "fields": (
        ("O problema", "Desde quando?"),
        ("Línguas de trabalho", "Qual fala a assembleia?"),
    ),
    "country": "Gana",
    "senegal": "Senegal",
    "subjects": ("uma mensagem para si", "uma fotografia sua"),
    "call": "Primavera de 2027",
    "closing": "31 de dezembro de 2026 às 17:00",
    "changed": ["Voos", "Intérprete"],
    "costs": "Um voo, 640 euros",
    "findings": "linha eliminada: falta a linha 12 de uma cronologia (selo 3)",
    "form": "missão de especialistas",
    "function": "Chefe do serviço de lamas",
    "ground": "já financiado",
    "lacking": ["os termos de referência, assinados", "o seguro de Kofi"],
    "note": "O dinheiro desta ronda está gasto.",
    "offer": "Esvaziamento programado de fossas",
    "purpose": "um plano de ação a aprovar, EX-2026-0001",
    "role": "responsável do programa",
    "reason": "A semana não nos convém.",
    "seal": "selo 12",
    "stands": "enviada",
    "text": "Como fixaram a tarifa?",
    "told": "Bem-vinda entre nós.",
    "heading": "Encontro de especialistas em lamas",
    "message": "Olá, Efua,\n\nReunimo-nos em linha em maio. Vai participar?",
    "why": "Recebe este e-mail porque tem um perfil de especialista no CONNECT.",
}
ARABIC: Words = {
    "colon": ":",
    "marks": ("«", "»"),
    "tasks": ("إرسال التصحيح", "الرد على التبادل المقترح"),
    "latrines": "تنظيم تفريغ المراحيض",
    "sorting": "فرز النفايات",
    "agenda": ("زيارة المحطة", "جلسة التقييم", "عشاء عمل", "جلسة المجلس", "دار البلدية"),
    "day": "25 يناير 2027",
    "fields": (("المشكلة", "منذ متى؟"), ("لغات العمل", "أي لغة يتكلم المجلس؟")),
    "country": "غانا",
    "senegal": "السنغال",
    "subjects": ("رسالة إليك", "صورة لك"),
    "call": "ربيع 2027",
    "closing": "31 ديسمبر 2026، 17:00",
    "changed": ["الرحلات الجوية", "الترجمة الفورية"],
    "costs": "رحلة جوية، 640 يورو",
    "findings": "حذف سطر: السطر 12 من سجل الأحداث (الختم 3) مفقود",
    "form": "مهمة خبراء",
    "function": "رئيسة قسم الحمأة",
    "ground": "ممول بالفعل",
    "lacking": ["الشروط المرجعية، موقعة", "تأمين كوفي"],
    "note": "أنفقت أموال هذه الدورة.",
    "offer": "تفريغ الحفر وفق جدول",
    "purpose": "خطة عمل للموافقة عليها، EX-2026-0001",
    "role": "مسؤول البرنامج",
    "reason": "لا يناسبنا هذا الأسبوع.",
    "seal": "الختم 12",
    "stands": "مرسل",
    "text": "كيف حددت التعرفة؟",
    "told": "مرحبًا بك بيننا.",
    "heading": "لقاء المختصين في الحمأة",
    "message": "مرحبًا Efua،\n\nنلتقي عبر الإنترنت في مايو. هل ستشاركين؟",
    "why": "تصلك هذه الرسالة لأن لك ملفًا كخبير في CONNECT.",
}
IN_LANGUAGE = {
    language: write_facts(words)
    for language, words in (
        ("fr", FRENCH),
        ("es", SPANISH),
        ("pt", PORTUGUESE),
        ("ar", ARABIC),
    )
}
