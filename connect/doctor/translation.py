"""Whether the service that translates for readers does so."""

from collections.abc import Iterator

from django.conf import settings

from connect.doctor import Fault, examines, first_line
from connect.translating import callback_address
from connect.translators import LibreTranslate, TranslatorError, find_translator

WHY = "Whoever asks for a translation is told that the service does not answer; nothing is lost."
NOBODY = 0  # the number of no text of ours: what comes back for it is not found


@examines("translation")
def examine_translation() -> Iterator[Fault]:
    """Have two words translated, and see which of our languages the service has."""
    translator = find_translator()
    if translator is None:
        return
    try:
        address = callback_address(NOBODY)
        translator.translate("Good morning", "en", "pt", answer_to=address)
        pairs = translator.list_pairs() if isinstance(translator, LibreTranslate) else None
    except TranslatorError as error:
        yield Fault(
            f"{translator.name} does not translate ({type(error).__name__}): {first_line(error)}",
            WHY,
            "See that TRANSLATION_URL, TRANSLATION_API and TRANSLATION_KEY are those of the"
            " service, and that this machine may reach it; or unset them.",
        )
        return
    if pairs is not None:
        ours = [code for code, _name in settings.LANGUAGES]
        lacking = [one for one in ours if one != "en" and not {(one, "en"), ("en", one)} <= pairs]
        if lacking:
            yield Fault(
                f"{translator.name} does not translate between English and {', '.join(lacking)}.",
                "Texts in these languages, or for their readers, cannot be translated.",
                "Start it with these languages, as LT_LOAD_ONLY names them.",
            )
