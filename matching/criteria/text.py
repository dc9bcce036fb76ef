"""Text: how near the whole texts are, and which sentences stand beside the points."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.languages import join_parts
from matching.criterion import DeskCriterion

CLOSE = 0.5  # likeness of texts from which an expert is told that they are close


def read_text_asked(dossier, shared):
    texts = [dossier.title, dossier.problem, dossier.objective, *dossier.specific_objectives]
    texts += [need.text for need in dossier.needs.all()]
    return {"text": "\n".join(text for text in texts if text), "language": dossier.language}


def read_text_offered(row, shared):
    return {"text": row["words"], "language": row["language"]}


def describe_text(facts, themes):
    """Describe what the points are for, and why no sentences stand beside them."""
    words = {
        "pair": _("the whole texts earn %d %% of the points; these sentences are the nearest"),
        "none": _(
            "no two sentences are close enough to quote; the whole texts earn %d %% of the points"
        ),
        "unclear": _(
            "no two sentences stand out; the whole texts earn %d %% of the points: read the offer "
            "before you rely on it"
        ),
        "doubtful": _(
            "the whole texts earn %d %% of the points; the nearest sentences may be about other "
            "matters: read them"
        ),
        "pending": _(
            "the whole texts earn %d %% of the points; the nearest sentences are being read"
        ),
        "changed": _(
            "the whole texts earned %d %% of the points; one has changed since: rank again to read "
            "the nearest sentences"
        ),
        "unquoted": _("the whole texts earn %d %% of the points"),
        "gone": _("the whole texts earned %d %% of the points; this one is no longer published"),
    }
    # Rounded down: 100 % is what earns all the points.
    sentence = words[facts.get("state", "pending")] % int(round(100 * facts.get("likeness", 0), 3))
    if facts.get("elsewhere"):
        how = _("already halved, as the offer is of other topics and not of the field requested")
        return join_parts([sentence, how])
    return sentence


def sum_up_text(facts, themes, value):
    state = facts.get("state")
    if state == "pair":
        return _("writes about what the need asks for"), ""
    return "", _("writes no sentence close to the need") if state == "none" else ""


def explain_text_to_expert(facts, themes, value):
    if value >= CLOSE:
        yield True, _("the description of your offer is close to that of the problem")


def facts_of_quotation(entry, quotation, agreed):
    return {"state": quotation.state, "likeness": entry["parts"]["text"]["value"]}


CRITERION = DeskCriterion(
    "text",
    gettext_lazy("Text"),
    describe_text,
    sum_up_text,
    read_text_asked,
    read_text_offered,
    has_colour=True,
    is_shared=True,
    explain_to_expert=explain_text_to_expert,
    place_for_expert=5,
    more_facts=facts_of_quotation,
    is_quoted=True,
)
