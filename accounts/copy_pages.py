"""A copy of one's data as a page to read: each table and column in words."""

from datetime import date, datetime

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import FileField
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_countries.fields import Country

from accounts.holdings import HOLDINGS
from connect.dates import moment_words
from connect.languages import join_names, label_with_value, language_within
from connect.transitions import Event, machine_of

# What columns that have no words of their own are called in the page.
LABELS = {
    "address": gettext_lazy("E-mail address"),
    "agrees": gettext_lazy("Agrees"),
    "answer": gettext_lazy("Answer"),
    "answered_at": gettext_lazy("Answered on"),
    "answers": gettext_lazy("Answers"),
    "approach": gettext_lazy("How you would go about it"),
    "approved_at": gettext_lazy("Approved on"),
    "approved_name": gettext_lazy("Approved by"),
    "asked": gettext_lazy("What is searched"),
    "asked_at": gettext_lazy("Asked on"),
    "association": gettext_lazy("Association"),
    "at": gettext_lazy("On"),
    "authority": gettext_lazy("Local authority"),
    "body": gettext_lazy("Text"),
    "comment": gettext_lazy("Remarks"),
    "comparable_case": gettext_lazy("A comparable case"),
    "conflict": gettext_lazy("Conflict of interest"),
    "consent_at": gettext_lazy("Agreed to be shown on"),
    "country": gettext_lazy("Country"),
    "created_at": gettext_lazy("Begun on"),
    "cv": gettext_lazy("CV (file)"),
    "cv_name": gettext_lazy("Name of the CV"),
    "days_possible": gettext_lazy("Possible dates"),
    "decided_at": gettext_lazy("Decided on"),
    "dossier": gettext_lazy("Application"),
    "due_on": gettext_lazy("Due on"),
    "employer_agrees": gettext_lazy("Your superior agrees"),
    "employer_answered_at": gettext_lazy("Your superior answered on"),
    "employer_asked_at": gettext_lazy("Your superior was asked on"),
    "employer_language": gettext_lazy("Language of your superior"),
    "encoder": gettext_lazy("Made by"),
    "every": gettext_lazy("How often you are notified"),
    "exchange": gettext_lazy("Exchange"),
    "expires_at": gettext_lazy("Works until"),
    "file": gettext_lazy("File"),
    "focal_email": gettext_lazy("E-mail address of the contact"),
    "focal_function": gettext_lazy("Function of the contact"),
    "focal_language": gettext_lazy("Language of the contact"),
    "focal_name": gettext_lazy("Name of the contact"),
    "focal_phone": gettext_lazy("Telephone of the contact"),
    "form": gettext_lazy("Form of exchange"),
    "format": gettext_lazy("Format"),
    "forms": gettext_lazy("Forms of exchange"),
    "function": gettext_lazy("Function"),
    "has_conflict": gettext_lazy("Conflict of interest"),
    "ip": gettext_lazy("Network address"),
    "is_hidden": gettext_lazy("Hidden from others"),
    "kind": gettext_lazy("Kind"),
    "last_seen_at": gettext_lazy("Last used on"),
    "last_used_at": gettext_lazy("Last used on"),
    "legal_email": gettext_lazy("E-mail address of the legal representative"),
    "legal_function": gettext_lazy("Function of the legal representative"),
    "legal_language": gettext_lazy("Language of the legal representative"),
    "legal_name": gettext_lazy("Name of the legal representative"),
    "level": gettext_lazy("Level"),
    "made_at": gettext_lazy("Made on"),
    "match": gettext_lazy("Match"),
    "model": gettext_lazy("List"),
    "moment": gettext_lazy("When it was asked"),
    "motivation": gettext_lazy("Why you would like to help"),
    "name": gettext_lazy("Name"),
    "opened_at": gettext_lazy("Opened on"),
    "partnership": gettext_lazy("My authority already works with this one"),
    "partnership_text": gettext_lazy("Partnership"),
    "party": gettext_lazy("Side"),
    "picture": gettext_lazy("Picture"),
    "points": gettext_lazy("Points"),
    "practice": gettext_lazy("Good practice"),
    "primary": gettext_lazy("Where we send e-mails"),
    "rating_count": gettext_lazy("Number of ratings"),
    "rating_mean": gettext_lazy("Mean of the ratings"),
    "raw": gettext_lazy("What was typed"),
    "reason": gettext_lazy("Reason"),
    "references": gettext_lazy("References"),
    "remark_by": gettext_lazy("Remark by"),
    "result": gettext_lazy("Result"),
    "roles": gettext_lazy("Roles"),
    "saved_at": gettext_lazy("Saved on"),
    "section": gettext_lazy("Section"),
    "side": gettext_lazy("Side"),
    "signed_at": gettext_lazy("Signed on"),
    "signed_conduct_at": gettext_lazy("Signed the code of conduct on"),
    "signed_name": gettext_lazy("Signed as"),
    "since": gettext_lazy("Begun on"),
    "size": gettext_lazy("Size in bytes"),
    "slug": gettext_lazy("Address of the page"),
    "status": gettext_lazy("Status"),
    "takes_part": gettext_lazy("Takes part"),
    "terms": gettext_lazy("Terms of reference"),
    "text": gettext_lazy("Text"),
    "theme": gettext_lazy("Topic"),
    "total": gettext_lazy("Total"),
    "town_gives": gettext_lazy("What the local authority gives"),
    "travel_excluded": gettext_lazy("Where you do not travel"),
    "type": gettext_lazy("Kind"),
    "uploaded_at": gettext_lazy("Added on"),
    "user_agent": gettext_lazy("Browser"),
    "verdict": gettext_lazy("Opinion"),
    "time_zone": gettext_lazy("Time zone"),
    "last_login": gettext_lazy("Signed in last on"),
    "verified": gettext_lazy("Confirmed"),
    "subject": gettext_lazy("Subject"),
    "why": gettext_lazy("Why"),
    "title": gettext_lazy("Title"),
    "evidence": gettext_lazy("What shows it"),
    "languages": gettext_lazy("Languages"),
    "reference": gettext_lazy("Reference"),
    "call": gettext_lazy("Call"),
    "declined_at": gettext_lazy("Declined on"),
    "declined_why": gettext_lazy("Why it was declined"),
    "function_title": gettext_lazy("Function"),
    "conflict_text": gettext_lazy("What the conflict of interest is"),
    "participant": gettext_lazy("Participant"),
    "day": gettext_lazy("Day"),
    "remark": gettext_lazy("Remark"),
    "organisation": gettext_lazy("Organisation"),
    "arrives_on": gettext_lazy("Arrives on"),
    "leaves_on": gettext_lazy("Leaves on"),
    "visa": gettext_lazy("Visa"),
    "details": gettext_lazy("What happened"),
    "summary": gettext_lazy("Summary"),
    "note": gettext_lazy("Note"),
    "place": gettext_lazy("Place"),
    "unit": gettext_lazy("Unit"),
    "fields": gettext_lazy("What was to be corrected"),
    "receipt_name": gettext_lazy("Receipt"),
    "evidence_name": gettext_lazy("Evidence"),
    "approved_as": gettext_lazy("As it was approved"),
    "q": gettext_lazy("Words"),
    "last_approved": gettext_lazy("Approved last"),
    "year": gettext_lazy("Year"),
}

# What the tables that the page names are called, whose model has no words of its own or the desk's.
TABLES = {
    "accounts.datacopy": gettext_lazy("Copy of data"),
    "accounts.erasure": gettext_lazy("Erasure"),
    "admin.logentry": gettext_lazy("Change by the programme team"),
    "applications.attachment": gettext_lazy("Document of an application"),
    "applications.coapplicant": gettext_lazy("Co-applicant"),
    "applications.contributor": gettext_lazy("Colleague invited to write an application"),
    "applications.conflictdeclaration": gettext_lazy("Declaration on a conflict of interest"),
    "applications.correction": gettext_lazy("Correction requested"),
    "applications.dossier": gettext_lazy("Application"),
    "applications.dossierevent": gettext_lazy("Step of an application"),
    "applications.dossierneed": gettext_lazy("Topic of an application"),
    "applications.dossierversion": gettext_lazy("Version of an application"),
    "applications.meeting": gettext_lazy("Meeting of the committee"),
    "applications.meetingcase": gettext_lazy("Application in a meeting of the committee"),
    "applications.meetingevent": gettext_lazy("Step of a meeting of the committee"),
    "applications.opinion": gettext_lazy("Opinion of an association"),
    "applications.score": gettext_lazy("Score"),
    "applications.sectionaside": gettext_lazy("Text beside another's"),
    "applications.sectiondraft": gettext_lazy("Section of an application"),
    "applications.signature": gettext_lazy("Signature"),
    "connect.reading": gettext_lazy("File that was read"),
    "exchanges.actionplan": gettext_lazy("Action plan"),
    "exchanges.budgetline": gettext_lazy("Line of a budget"),
    "exchanges.diaryentry": gettext_lazy("Day of a diary"),
    "exchanges.evaluation": gettext_lazy("Questionnaire"),
    "exchanges.exchangeevent": gettext_lazy("Step of an exchange"),
    "exchanges.followup": gettext_lazy("Report after an exchange"),
    "exchanges.measure": gettext_lazy("Measure"),
    "exchanges.measurereport": gettext_lazy("Report on a measure"),
    "exchanges.participant": gettext_lazy("Participant"),
    "exchanges.picture": gettext_lazy("Picture"),
    "exchanges.session": gettext_lazy("Item of an agenda"),
    "exchanges.terms": gettext_lazy("Terms of reference"),
    "matching.callpolicy": gettext_lazy("Rules of a call"),
    "matching.consent": gettext_lazy("Agreement to a match"),
    "matching.interest": gettext_lazy("Answer to a request"),
    "matching.interestevent": gettext_lazy("Step of an answer to a request"),
    "matching.matchevent": gettext_lazy("Step of a match"),
    "matching.matchmessage": gettext_lazy("Message"),
    "matching.putaside": gettext_lazy("Candidate dismissed"),
    "notifications.letter": gettext_lazy("E-mail"),
    "notifications.holdrule": gettext_lazy("When e-mails leave"),
    "practices.agreement": gettext_lazy("Agreement to a good practice"),
    "practices.photo": gettext_lazy("Picture of a good practice"),
    "practices.practiceevent": gettext_lazy("Step of a good practice"),
    "practices.practicetext": gettext_lazy("Text of a good practice"),
    "practices.use": gettext_lazy("Use of a good practice"),
    "registry.membership": gettext_lazy("Membership"),
    "registry.offerevent": gettext_lazy("Step of an offer"),
}


def render_copy_page(person, data):
    """Render the copy as one page that any browser opens offline."""
    sections = [
        (holding, rows)
        for holding in HOLDINGS
        if (rows := [describe_row(holding, row) for row in holding.rows(person).order_by("pk")])
    ]
    context = {
        "data": data,
        "sections": sections,
        "done": [
            (table_words(one["table"]), deed_words(one["table"], one["said"]), one["at"])
            for one in data["done"]
        ],
        "said_by_others": [
            (table_words(one["table"]), column_label(one["table"], one["column"]), one["lines"])
            for one in data["said_by_others"]
        ],
        "left_out": [(table_words(o["table"]), o["why"]) for o in data["left_out"]],
        "language": get_language(),
    }
    return render_to_string("accounts/copy.html", context)


def table_words(table):
    return capfirst(str(TABLES.get(table) or apps.get_model(table)._meta.verbose_name))


def column_label(table, name):
    """Return what a column is called in words: its own, or those of LABELS."""
    column = apps.get_model(table)._meta.get_field(name)
    is_named = str(column.verbose_name) != name.replace("_", " ") or name not in LABELS
    return capfirst(str(column.verbose_name if is_named else LABELS[name]))


def deed_words(table, verb):
    """Describe a step in words; nothing for what Django's admin notes of a change."""
    model = apps.get_model(table)
    known = machine_of(model).type_of(verb) if issubclass(model, Event) else None
    return known.past if known else ""


def describe_row(holding, row):
    """Return [(label, words)] of a row: nothing empty, nothing as a machine writes it."""
    facts = []
    for name in holding.columns:
        if name in holding.words:
            facts += holding.words[name](row)
            continue
        column, value = row._meta.get_field(name), getattr(row, name)
        if isinstance(column, FileField):
            value = file_name(row, column) if value else ""
        elif column.choices and value not in (None, ""):
            value = getattr(row, f"get_{name}_display")()
        elif isinstance(column, ArrayField) and column.base_field.choices:
            words = dict(column.base_field.flatchoices)
            value = [str(words.get(one, one)) for one in value]
        elif name == "language" or name.endswith("_language"):
            value = language_within(value)
        if (text := value_words(value)) != "":
            facts.append((column_label(holding.model._meta.label_lower, name), text))
    return facts


def key_words(name):
    """Return what a key of saved answers is called in words."""
    return capfirst(str(LABELS.get(name) or language_within(name)).replace("_", " "))


def value_words(value):
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return moment_words(value)
        case date():
            return date_format(value, "DATE_FORMAT")
        case Country():
            return str(value.name)
        case list():
            return join_names(filter(None, map(value_words, value)))
        case dict():
            return "\n".join(
                label_with_value(key_words(name), words)
                for name, one in value.items()
                if (words := value_words(one)) != ""
            )
    return str(value)


def file_name(row, column):
    """Name a file inside the copy: by its table and row, with the end of its stored name."""
    end = getattr(row, column.name).name.rpartition("/")[2].rpartition(".")
    return f"files/{row._meta.model_name}-{row.pk}-{column.name}{'.' + end[2] if end[1] else ''}"
