"""One sentence on a candidate: what speaks for them and what against, half a sentence a criterion.

Each half is a predicate (“declares street lighting”) and follows from the facts that stand beside
the points: who has the same facts is summed up alike.
"""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from connect.languages import join_names

NAMED = 2  # topics, or languages, that a sentence names
MOST_FOR, MOST_AGAINST = 3, 2  # reasons in a sentence


def join_reasons(reasons):
    """Join predicates: with commas, and the last by “and”."""
    reasons = [str(reason) for reason in reasons]
    if len(reasons) < 2:
        return "".join(reasons)
    # Translators: between the last two parts of a list: “speaks French and has led projects”
    return pgettext("last of a list", "%(some)s and %(last)s") % {
        "some": join_names(reasons[:-1]),
        "last": reasons[-1],
    }


def sum_up(name, reasons, *, is_whole=True):
    """Return one sentence on a candidate, of [(for, against)] with what weighs most first.

    is_whole: of all criteria, so that it can be said that none is against.
    """
    good = [one for one, _other in reasons if one][:MOST_FOR]
    bad = [other for _one, other in reasons if other][:MOST_AGAINST]
    words = {"name": name, "good": join_reasons(good), "bad": join_reasons(bad)}
    if good and bad:
        return _("%(name)s %(good)s, but %(bad)s.") % words
    if good and not is_whole:
        return _("%(name)s %(good)s.") % words
    if good:
        return _("%(name)s %(good)s; no criterion speaks against it.") % words
    return _("%(name)s %(bad)s.") % words if bad else ""
