"""What an authority could change before it applies again: from the reason, or the points."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import IneligibleReason, Status

WEAK = 0.6  # of a criterion's points: below it, there is something to change

BY_REASON = {
    IneligibleReason.NOT_PUBLIC: gettext_lazy(
        "Ask the authority you work with to send it: a municipality, a district, a "
        "region or an association."
    ),
    IneligibleReason.COUNTRY: gettext_lazy(
        "This call was for other countries: the next may be for yours. Check “Can we apply?”."
    ),
    IneligibleReason.COMPETENCE: gettext_lazy(
        "Choose a part of the problem that your authority decides on by law, and say which law."
    ),
    IneligibleReason.FORM: gettext_lazy(
        "Choose another form, or other days and numbers: check what each form allows."
    ),
    IneligibleReason.FUNDING: gettext_lazy(
        "Say what the other programme pays, and ask here for what it does not."
    ),
    IneligibleReason.RESTRICTIONS: gettext_lazy(
        "The programme cannot work with those who are under these measures. If you are not, write "
        "to us and say so."
    ),
    IneligibleReason.HONOUR: gettext_lazy(
        "Make all declarations at the end of the application, or say which one you cannot make."
    ),
    IneligibleReason.SIGNATURE: gettext_lazy(
        "Ask your legal representative to sign, or add the decision that empowers somebody else."
    ),
    IneligibleReason.INCOMPLETE: gettext_lazy(
        "Answer every question that the programme team asked: they are listed under "
        "“What happened”."
    ),
}
BY_CRITERION = {
    "relevance": gettext_lazy(
        "Say which duty of your authority this serves, and who decided that it comes first."
    ),
    "clarity": gettext_lazy(
        "Say in figures who is affected and since when, and what should be different in the end."
    ),
    "feasibility": gettext_lazy(
        "Ask for less, or say who does what, when, and with which resources of your own."
    ),
    "commitment": gettext_lazy(
        "Add a decision of the council, and name who answers for what comes afterwards."
    ),
    "spread": gettext_lazy(
        "Say who else benefits, and what it changes for women, for the poorest and for the climate."
    ),
}


def ineligibility_reason(dossier):
    """Return the reason why a dossier was found ineligible, from its last decision."""
    if dossier.status != Status.INELIGIBLE:
        return None
    decision = dossier.events.filter(verb="find_ineligible").last()
    reason = decision.details.get("reason") if decision else None
    return IneligibleReason(reason) if reason in IneligibleReason.values else None


def ineligibility_ground(dossier):
    """Return why a dossier was found ineligible, in the words of the e-mail about it."""
    reason = ineligibility_reason(dossier)
    return reason.label if reason else ""


def list_advice(dossier):
    """List what to change, in the reader's language; nothing unless the dossier was refused."""
    if reason := ineligibility_reason(dossier):
        return [str(BY_REASON[reason])]
    if dossier.status != Status.NOT_SELECTED:
        return []
    scores = list(dossier.scores.all())
    advice = []
    for code, (label, most) in dossier.call.grid.items() if scores else ():
        mean = sum(score.points.get(code, 0) for score in scores) / len(scores)
        if mean < WEAK * most:
            words = BY_CRITERION.get(code, _("The committee was not convinced here."))
            facts = {"criterion": label, "mean": round(mean), "most": most, "advice": words}
            advice.append(_("%(criterion)s (%(mean)d of %(most)d points): %(advice)s") % facts)
    return advice
