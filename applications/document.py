"""A dossier as PDF: as it was sent, or as it is now, in the reader's language."""

from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.reading import list_answers
from connect.documents import render_pdf
from connect.languages import join_names, label_with_value

TEMPLATE = Path(__file__).with_name("document.typ")


def dossier_pdf(dossier, version=None, *, hidden=frozenset()):
    """Return the bytes of a PDF of a frozen version, or of what is typed now without one."""
    raws = version.answers if version else None
    # A version may be older than the normal form of texts, a signature is of that form.
    digest = version.digest if version else dossier.digest()
    is_named = "legal_name" not in hidden
    signer = name_signer(dossier, digest, is_named=is_named)
    sections = [
        {
            "title": str(section.title),
            "rows": [
                {"label": str(label), "words": words_for_print(words)} for label, words in rows
            ],
        }
        for section, rows in list_answers(dossier, raws, hidden=hidden, signer=signer)
    ]
    if version:
        day = date_format(timezone.localtime(version.at), "DATE_FORMAT")
        stands = _("Version %(number)d, sent on %(day)s") % {"number": version.number, "day": day}
    else:
        stands = _("Draft, not sent")
    data = {
        "lang": get_language()[:2],
        "reference": dossier.reference,
        "version": stands,
        "title": str(dossier.heading),
        "authority": dossier.authority.place,
        "call": str(dossier.call),
        "together": {
            "title": _("Applicant and co-applicants"),
            "lines": [
                label_with_value(one, one.status_words) for one in dossier.co_applicants.all()
            ],
        },
        "sections": sections,
        "nothing": _("Nothing was answered here."),
        "signature": signature_lines(dossier, named=is_named, digest=digest),
    }
    return render_pdf(TEMPLATE, data)


def name_signer(dossier, digest, *, is_named):
    """Name who is still to sign a text, by its digest; "" where it is signed or a letter is there.

    is_named: whether the reader may read names.
    """
    is_signed = dossier.signatures.signed().filter(digest=digest).exists()
    if is_signed or dossier.commitment_letter():
        return ""
    return (is_named and dossier.legal_name) or _("the legal representative")


def words_for_print(words):
    """Return an answer as paper shows it: a tab, which would be nothing there, is a space."""
    return str(words).replace("\t", " ").strip()


def signature_lines(dossier, *, named, digest):
    """Return who signed by link and when, or lines to sign on; `named` shows the person.

    digest: of the text that the document shows, which is not always the signed one.
    """
    signatures = dossier.signatures.signed()
    signed = signatures.filter(digest=digest).first() or signatures.first()
    person = [dossier.legal_name if named else "", dossier.legal_function]
    representative = join_names(filter(None, person))
    words = _("The legal representative commits the authority to what this application says.")
    when = signed and date_format(timezone.localtime(signed.signed_at), "DATETIME_FORMAT")
    if signed and not named:
        words = _("Signed by link on %(when)s (Brussels time).") % {"when": when}
    elif signed:
        words = _("Signed by link by %(name)s, %(function)s, on %(when)s (Brussels time).") % {
            "name": signed.signed_name,
            "function": signed.function,
            "when": when,
        }
        if signed.is_other_name:
            other = _("Another name: the application names %(name)s as its legal representative.")
            words = f"{words} {other % {'name': signed.name}}"
    if signed and signed.digest != digest:
        words += " " + _("This text differs from the one that was signed.")
    return {
        "title": _("Signature"),
        "words": words,
        "lines": signed is None,
        "name": representative or _("Name and title"),
        "place": _("Place, date, stamp"),
    }
