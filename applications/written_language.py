"""In which language an application is written: said by somebody, else read from its text."""

from django.conf import settings

from applications.enums import BEFORE_COMMITTEE, UNSENT, LanguageFrom, Status
from applications.models import Dossier
from connect.schedule import every, process_one_by_one
from registry.detection import detect_our_language

# Once it is published, it is found and read as it was then.
READ_IN = BEFORE_COMMITTEE - UNSENT | {Status.UNDER_SELECTION, Status.RESERVE, Status.VALIDATED}
DETECTED_IN = ("title", "summary", "problem", "objective")


# Its letters are of other rules: a look ahead would only load the model.
@every(minutes=10, is_foreseen=False)
def read_languages():
    """Read the languages of the applications that were sent, once each; return how many are new.

    Until then an application has that of the pages on which it was begun, which need not be that
    of its text. Of a language that the site has no pages in, it keeps them.
    """
    sent = Dossier.objects.filter(status__in=READ_IN, language_from="")
    return len(process_one_by_one(read_language, sent.order_by("pk")))


def read_language(dossier):
    code = detect_our_language("\n".join(getattr(dossier, name) for name in DETECTED_IN))
    columns: dict[str, str] = {"language_from": LanguageFrom.UNTOLD}
    if code in dict(settings.LANGUAGES):
        columns = {"language": code, "language_from": LanguageFrom.TEXT}
    Dossier.objects.filter(pk=dossier.pk, language_from="").update(**columns)
