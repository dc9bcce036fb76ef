"""The calls of the demonstration, and the countries that they are open to."""

from datetime import datetime, timedelta

from django.utils import timezone

from applications.models import Call
from registry.enums import IncomeLevel
from registry.models import Income


def at_night(instant):
    """Return the last minute of a day in Brussels: when calls close."""
    return timezone.localtime(instant).replace(hour=23, minute=59, second=0, microsecond=0)


def at_midnight(instant):
    """Return the first instant of a day in Brussels: when calls open."""
    return timezone.localtime(instant).replace(hour=0, minute=0, second=0, microsecond=0)


WORDS = {  # call: language: title, text
    "open": {
        "en": (
            "Open call: learn from a colleague",
            "Any theme of local government. Describe one problem; we look for who solved it.",
        ),
        "fr": (
            "Appel ouvert : apprendre d’un homologue",
            "Tous les thèmes de l’action locale. Décrivez un problème : nous cherchons qui l’a "
            "résolu.",
        ),
        "es": (
            "Convocatoria abierta: aprender de un homólogo",
            "Todos los temas del gobierno local. Describa un problema: buscamos a quien lo haya "
            "resuelto.",
        ),
        "pt": (
            "Convite aberto: aprender com um homólogo",
            "Todas as áreas da administração local. Descreva um problema: procuramos quem o "
            "resolveu.",
        ),
        "ar": (
            "دعوة مفتوحة: التعلّم من نظير",
            "جميع مجالات العمل المحلي. صِفوا مشكلة واحدة، ونبحث عمّن حلّها.",
        ),
    },
    "women": {
        "en": (
            "Thematic call: women in local government",
            "For authorities that want more women in their council, staff and budget.",
        ),
        "fr": (
            "Appel thématique : les femmes dans les collectivités",
            "Pour les collectivités qui veulent plus de femmes dans leur conseil, leurs équipes et "
            "leur budget.",
        ),
        "es": (
            "Convocatoria temática: mujeres en el gobierno local",
            "Para gobiernos locales que quieren más mujeres en su concejo, su personal y su "
            "presupuesto.",
        ),
        "pt": (
            "Convite temático: mulheres na administração local",
            "Para autoridades locais que querem mais mulheres no conselho, no pessoal e no "
            "orçamento.",
        ),
        "ar": (
            "دعوة حسب الموضوع: النساء في السلطات المحلية",
            "للسلطات التي تريد حضورًا أكبر للنساء في مجلسها وموظفيها وميزانيتها.",
        ),
    },
    "pilot": {
        "en": ("Pilot years", "The first requests of the programme, 2016 to 2018."),
        "fr": ("Années pilotes", "Les premières demandes du programme, de 2016 à 2018."),
        "es": ("Años piloto", "Las primeras solicitudes del programa, de 2016 a 2018."),
        "pt": (
            "Anos-piloto",
            "Os primeiros pedidos do programa, de 2016 a 2018.",
        ),
        "ar": (
            "السنوات التجريبية",
            "أولى طلبات البرنامج، من 2016 إلى 2018.",
        ),
    },
    "earlier": {
        "en": (
            "Open call {year}",
            "Any theme of local government. Describe one problem; we look for who solved it.",
        ),
        "fr": (
            "Appel ouvert {year}",
            "Tous les thèmes de l’action locale. Décrivez un problème : nous cherchons qui l’a "
            "résolu.",
        ),
        "es": (
            "Convocatoria abierta {year}",
            "Todos los temas del gobierno local. Describa un problema: buscamos a quien lo haya "
            "resuelto.",
        ),
        "pt": (
            "Convite aberto {year}",
            "Todas as áreas da administração local. Descreva um problema: procuramos quem o "
            "resolveu.",
        ),
        "ar": (
            "دعوة مفتوحة {year}",
            "جميع مجالات العمل المحلي. صِفوا مشكلة واحدة، ونبحث عمّن حلّها.",
        ),
    },
}


def words_of(name, **values):
    """Return the title and text of a call of the demonstration, with their translations."""
    (title, text), *_others = WORDS[name].values()
    return {
        "title": title.format(**values),
        "text": text,
        "translations": {
            code: {"title": words.format(**values), "text": more}
            for code, (words, more) in WORDS[name].items()
            if code != "en"
        },
    }


def make_calls(now):
    every = ["expert_mission", "internship", "round_table", "study_visit"]
    countries = partner_countries()
    autumn = Call.objects.create(
        countries=countries,
        slug="open-call",
        **words_of("open"),
        opens_at=at_midnight(now - timedelta(days=90)),
        closes_at=at_night(now + timedelta(days=75)),
        forms=every,
    )
    women = Call.objects.create(
        countries=countries,
        slug="women",
        **words_of("women"),
        opens_at=at_midnight(now - timedelta(days=60)),
        closes_at=at_night(now + timedelta(days=40)),
        forms=["round_table", "study_visit"],
    )
    pilot = Call.objects.create(
        slug="pilot",
        **words_of("pilot"),
        opens_at=timezone.make_aware(datetime(2016, 10, 1)),
        closes_at=at_night(timezone.make_aware(datetime(2018, 12, 31))),
        forms=every,
    )
    return {"open": autumn, "women": women, "pilot": pilot}


def call_dates(begun, now, *, is_open):
    """Return (year, opening, end) of a call in which a dossier was begun.

    One that is over took applications all its year, and ended with it, or lately: each year's call
    has an end of its own.
    """
    if is_open:
        opens, closes = begun - timedelta(days=30), now + timedelta(days=75)
        return begun.year, at_midnight(opens), at_night(closes)
    year = (begun + timedelta(days=2)).year
    new_years_eve = begun.replace(year=year, month=12, day=31)
    closes = max(min(new_years_eve, now - timedelta(days=85)), begun + timedelta(days=2))
    return year, at_midnight(begun.replace(year=year - 1, month=11, day=1)), at_night(closes)


# Left out of the demonstration's list: broad restrictive measures of the European Union stand
# against them. A real call names the countries of the programme's own list.
RESTRICTED = {"BY", "IR", "KP", "MM", "RU", "SY"}


def partner_countries():
    """List the countries of the demonstration's calls: low and middle incomes (World Bank)."""
    incomes = Income.objects.exclude(level=IncomeLevel.HIGH).exclude(country__in=RESTRICTED)
    return sorted(str(code) for code in incomes.values_list("country", flat=True))
