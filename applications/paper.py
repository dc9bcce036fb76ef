"""The form as a document: filled in offline, read back by an officer.

Each answer stands in a table beside its question, whose last line names the field in brackets:
any word processor keeps that. Choices are read by their words in any of our languages.
"""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BooleanField, ChoiceField, DateField, MultipleChoiceField
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.table import WD_TABLE_DIRECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from applications.models import Dossier
from applications.sections import SECTIONS
from connect.characters import clean_text
from connect.choices import flat_choices
from connect.documents import render_pdf
from connect.fields import get_column
from connect.languages import current_language, is_right_to_left, join_parts
from connect.sandbox import parse_file
from connect.uploads import LARGEST_FILE, refuse_large
from connect.yes_no import read_yes_or_no
from registry.forms import SEVERAL
from registry.models import Authority

CODE = re.compile(r"\[([a-z_0-9]+)\]\s*$")
COMMAS = re.compile(r"\s*[,،]\s*")
DATE_HELP = gettext_lazy("Example: 31 January 2027.")
FEW = 20  # choices that are listed in full beside their question
MANY = 150  # choices that are listed below their section: countries and languages one knows
LINE, LINES = 90, 14  # characters of a line written by hand; lines of a question at most
TEMPLATE = Path(__file__).with_name("form.typ")
MOST_REPEATED = 60  # characters of an answer that could not be read
UNPACKED = 10 * LARGEST_FILE  # what a document may hold once unzipped


def list_choices(field):
    """List (value, words) of what a field lets choose from, without the empty choice."""
    if not isinstance(field, ChoiceField):
        return []
    return [(str(value), str(words)) for value, words in flat_choices(field) if value]


def blank_dossier(call):
    """Return an unsaved dossier of a call, without a country, for the forms of its sections."""
    return Dossier(call=call, authority=Authority(), forms=list(call.forms))


def list_authority_questions():
    """Return (code, field) of what says who asks: no section does, and a paper names nobody."""
    columns = ("name", "country", "tier")
    return [(f"authority_{name}", get_column(Authority, name).formfield()) for name in columns]


def list_printed_sections(call):
    """Yield (title, [(name, field)]) of what a document asks."""
    yield _("Your local authority"), list_authority_questions()
    for section in SECTIONS.values():
        if not call.waives(section.slug):
            yield str(section.title), list(list_printed_questions(section, call))


def word_form(call):
    """Return the bytes of the form of a call as a Word document, in the reader's language."""
    document = Document()
    document.core_properties.title = clean_text(str(call))[:255]
    document.styles["Normal"].font.size = Pt(10.5)
    from_right = is_right_to_left(current_language())
    if from_right:
        write_from_right(document.styles["Normal"])
    document.add_heading(clean_text(str(call)), level=0)
    document.add_paragraph(
        _(
            "Write your answers in the right column, and leave the words in brackets "
            "as they are. Send the document to %s: we enter it for you, and your "
            "legal representative confirms it by a link."
        )
        % settings.CONTACT_EMAIL
    )
    for title, questions in list_printed_sections(call):
        document.add_heading(title, level=1)
        table = document.add_table(rows=0, cols=2)
        table.style = "Table Grid"
        if from_right:
            table.table_direction = WD_TABLE_DIRECTION.RTL
        for name, field in questions:
            question, answer = table.add_row().cells
            question.width, answer.width = Cm(7), Cm(10)
            question.paragraphs[0].add_run(str(field.label)).bold = True
            if help_text := field_help(field):
                question.add_paragraph(help_text)
            code = question.add_paragraph().add_run(f"[{name}]")
            code.font.size, code.font.color.rgb = Pt(8), RGBColor(0x4A, 0x58, 0x70)
        for about, words in long_lists(questions):
            document.add_paragraph().add_run(about).bold = True
            document.add_paragraph(clean_text(str(words)))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def write_from_right(style):
    """Let a style of a document, and all that build on it, begin at the right."""
    style.font.rtl = True
    style.element.get_or_add_pPr().insert(0, OxmlElement("w:bidi"))
    larger = OxmlElement("w:szCs")  # the size of letters that are joined has a place of its own
    larger.set(qn("w:val"), "21")
    style.element.get_or_add_rPr().append(larger)


def pdf_form(call):
    """Return the bytes of the form of a call as PDF, to be filled in by hand."""
    sections = [
        {
            "title": title,
            "rows": [written_row(field) for _name, field in questions],
            "lists": [{"title": about, "words": words} for about, words in long_lists(questions)],
        }
        for title, questions in list_printed_sections(call)
    ]
    data = {
        "lang": get_language()[:2],
        "title": str(call),
        "intro": _(
            "Write clearly, and tick what applies. Send photographs or a scan of "
            "every page to %s: we enter it for you, and your legal representative "
            "confirms it by a link."
        )
        % settings.CONTACT_EMAIL,
        "sections": sections,
    }
    return render_pdf(TEMPLATE, data)


def written_row(field):
    """Return what a question needs on paper: boxes to tick, or lines to write on."""
    choices = list_choices(field)
    boxes = [words for _value, words in choices] if len(choices) <= FEW else []
    if isinstance(field, BooleanField):
        boxes = [_("Yes")]
    most = getattr(field, "max_length", None) or LINE
    lines = 0 if boxes else min(-(-most // LINE), LINES)
    help_text = printed_help(field)
    if isinstance(field, DateField):
        help_text = f"{help_text} {DATE_HELP}".strip()
    return {"label": str(field.label), "help": help_text, "boxes": boxes, "lines": lines}


def list_printed_questions(section, call):
    """Yield (name, field) of a section as a document asks them: two rows of what repeats."""
    form = section(dossier=blank_dossier(call))
    for name, field in form.fields.items():
        rows = form.rows.get(name)
        if rows is None or int(name.rsplit("_", 1)[1]) <= max(rows.least + 1, 2):
            yield name, field


def long_lists(questions):
    """Return [(title, choices in words)] of the lists that none of these questions has beside it.

    One for all questions that choose from the same.
    """
    labels_by_words: dict[str, list[str]] = {}
    for _name, field in questions:
        choices = list_choices(field)
        if FEW < len(choices) <= MANY:
            words = join_parts(label for _value, label in choices)
            labels_by_words.setdefault(words, []).append(str(getattr(field, "short", field.label)))
    return [
        (_("To choose from, for “%s”:") % labels[0], words)
        for words, labels in labels_by_words.items()
    ]


def printed_help(field):
    """Return a question's help without what only a page needs: paper has nothing to click."""
    return str(field.help_text).replace(str(SEVERAL), _("You may name several."))


def field_help(field):
    words = [printed_help(field)] if field.help_text else []
    if isinstance(field, ChoiceField):
        choices = list_choices(field)
        if choices and len(choices) <= FEW:
            words.append(_("One of: %s") % join_parts(label for _value, label in choices))
    elif isinstance(field, DateField):
        words.append(str(DATE_HELP))
    elif isinstance(field, BooleanField):
        words.append(_("Write yes, or leave it empty."))
    return " ".join(words)


class FilledForm(dict[str, dict[str, list[str]]]):
    """The answers of a filled form, {section: {field: [values]}}.

    unread: what is said of the answers that could not be read, and are left out.
    """

    unread: Sequence[str] = ()


def read_filled_form(upload, call):
    """Read a filled form; return its FilledForm, with answers as they were typed.

    Raises ValidationError for what is no such document, or holds no answer.
    """
    refuse_large(upload)
    typed = {}
    try:
        for question, answer in parse_file("docx", upload, unpacked=UNPACKED):
            code = CODE.search(question.strip())
            if code and answer.strip():
                typed[code.group(1)] = answer.strip()
    except ValidationError as refusal:
        if refusal.code != "unreadable":
            raise
        raise ValidationError(
            _("Choose the form as a Word document (.docx)."), code="type"
        ) from refusal
    meanings = choices_in_all_languages(call)
    raws = {
        slug: {
            name: answer_values(field, typed[name], meanings.get(name, {}))
            for name, field in section.base_fields.items()
            if name in typed
        }
        for slug, section in SECTIONS.items()
    }
    filled_form = FilledForm({slug: raw for slug, raw in raws.items() if raw})
    if not filled_form:
        raise ValidationError(
            _("No answers were found in it: is it the form of this call?"), code="empty"
        )
    filled_form.unread = [
        _("“%(answer)s” is neither yes nor no: the box “%(question)s” is left empty.")
        % {"answer": shorten(typed[name], MOST_REPEATED, placeholder="…"), "question": field.label}
        for section in SECTIONS.values()
        for name, field in section.base_fields.items()
        if isinstance(field, BooleanField) and is_unclear(typed.get(name, ""))
    ]
    return filled_form


def is_unclear(answer):
    """True for what somebody wrote in place of a yes or a no; an empty box is a no."""
    return read_yes_or_no(answer) is None and any(map(str.isalnum, answer))


def fold_words(words: str) -> str:
    """Return words as they are compared: in small letters, with one kind of apostrophe and comma.

    >>> fold_words("D’autres") == fold_words("d'autres")
    True
    """
    return COMMAS.sub(",", words.casefold().replace("’", "'"))


def choices_in_all_languages(call):
    """Return {field: {words of a choice, in any of our languages: its value}}."""
    meanings: dict[str, dict[str, str]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for section in SECTIONS.values():
                for name, field in section(dossier=blank_dossier(call)).fields.items():
                    if isinstance(field, ChoiceField):
                        known = meanings.setdefault(name, {})
                        for value, words in list_choices(field):
                            known |= {fold_words(words): value, fold_words(value): value}
    return meanings


def answer_values(field, answer, meanings):
    """Return the values that an answer stands for: choices by their words, else as typed."""
    if isinstance(field, BooleanField):
        return ["on"] if read_yes_or_no(answer) else []
    several = isinstance(field, MultipleChoiceField)
    choices = split_choices(answer, meanings) if several else [answer.strip()]
    return [meanings.get(fold_words(word), word) for word in choices if word]


def split_choices(answer, meanings):
    """List the choices that an answer names: a comma parts two, or stands within one."""
    choices = []
    for part in re.split(r"[;؛\n]", answer):
        words = COMMAS.split(part.strip())
        while words:
            lengths = range(len(words), 1, -1)
            whole = (n for n in lengths if fold_words(",".join(words[:n])) in meanings)
            taken = next(whole, 1)
            choices.append(",".join(words[:taken]))
            words = words[taken:]
    return choices
