"""Peer: the field of work, and whether elected or technical."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import RoleWanted
from connect.languages import join_parts
from engine.criteria.peer import score_function
from engine.support import SUPPORTED
from matching.criterion import DeskCriterion, choice_label
from registry.enums import FunctionFamily, RoleType

# Who holds one may be in charge of any field.
ELECTED = {FunctionFamily.MAYOR, FunctionFamily.COUNCILLOR}


def read_peer_asked(dossier, shared):
    return {"role": dossier.role_wanted or None, "function": dossier.function or None}


def read_peer_offered(row, shared):
    return {"role": row["expert__role_type"] or None, "function": row["expert__function"] or None}


def describe_peer(facts, themes):
    """Describe field of work and role beside those that are requested."""
    held, asked = facts["function"], facts["asked"]
    label = held and choice_label(FunctionFamily, held)
    parts = [put_beside(label, asked and choice_label(FunctionFamily, asked))] if held else []
    if asked and not held:
        requested = choice_label(FunctionFamily, asked)
        parts.append(_("field of work unknown (requested: %s)") % requested)
    elif held and asked and held != asked and score_function(asked, held):
        parts.append(_("a related field"))
    elif held in ELECTED and asked and held != asked:
        parts.append(_("an elected office is not counted as a field of work"))
    if facts["role"] and "asked_role" in facts:
        wanted = facts["asked_role"]
        roles = RoleWanted if wanted == RoleWanted.BOTH else RoleType
        asked_role = wanted and choice_label(roles, wanted)
        parts.append(put_beside(choice_label(RoleType, facts["role"]), asked_role))
    elif facts["role"]:
        parts.append(choice_label(RoleType, facts["role"]))
    is_supported = facts.get("is_supported", True) or "asked_role" not in facts  # stored before
    if held and asked and score_function(asked, held) and not is_supported:
        parts.append(_("fewer points, as no topic requested is declared and the text is not close"))
    return join_parts(parts)


def put_beside(held, asked):
    """Describe a person's role beside the requested one; one word where they are the same."""
    if not asked:
        return held
    if held == asked:
        return _("%s, as requested") % held
    return _("%(held)s (requested: %(asked)s)") % {"held": held, "asked": asked}


def sum_up_peer(facts, themes, value):
    """A field of work speaks for somebody whose topics or text are close to the request as well."""
    held, asked = facts["function"], facts["asked"]
    if not held or not asked:
        return "", ""
    name, requested = (choice_label(FunctionFamily, one) for one in (held, asked))
    if not score_function(asked, held):
        words = (
            _(
                "holds an elected office, which tells no field of work (%(held)s; requested: "
                "%(asked)s)"
            )
            if held in ELECTED
            else _("works in another field (%(held)s; requested: %(asked)s)")
        )
        return "", words % {"held": name, "asked": requested}
    if not facts.get("is_supported", True):
        return "", ""
    if held == asked:
        return _("works in the same field (%s)") % name, ""
    return _("works in a related field (%s)") % name, ""


def explain_field_to_expert(facts, themes, value):
    held, asked = facts["function"], facts["asked"]
    if not held or not asked:
        return
    name, requested = (choice_label(FunctionFamily, one) for one in (held, asked))
    if not score_function(asked, held):
        if held not in ELECTED:
            words = _("%(asked)s is requested; you work in another field (%(held)s)")
            yield False, words % {"asked": requested, "held": name}
    elif not facts["is_supported"]:
        return
    elif held == asked:
        yield True, _("%s, as requested") % name
    else:
        words = _("%(held)s is close to what is requested (%(asked)s)")
        yield True, words % {"held": name, "asked": requested}


def support_of_field(entry, quotation, agreed):
    return {"is_supported": is_field_supported(entry)}


def is_field_supported(entry):
    """Return whether topics or text make of a field of work the same work, as the engine counts."""
    topics, text = entry["parts"]["topics"], entry["parts"]["text"]
    if topics["evidence"].get("covered") or text["value"] is None:
        return True
    return round(text["value"], 2) >= round(float(SUPPORTED), 2)  # as the points show it


CRITERION = DeskCriterion(
    "peer",
    gettext_lazy("Field of work"),
    describe_peer,
    sum_up_peer,
    read_peer_asked,
    read_peer_offered,
    paths=("expert__role_type", "expert__function"),
    has_colour=True,
    is_shared=True,
    explain_to_expert=explain_field_to_expert,
    place_for_expert=1,
    more_facts=support_of_field,
)
