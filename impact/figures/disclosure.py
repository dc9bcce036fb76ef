"""What everybody may know of the figures: nothing that tells of one dossier or of few people.

What is protected (`Kind`) is not told at all of a choice, as a year or a country: so no choice, and
no difference of two choices, says anything. Of all exchanges together it is told in whole fives,
or from five on. A mean of answers is that of the first whole fives of them, to the nearest half:
whoever looks before and after an answer learns nothing of it. People who take part, and their
days, are added up of those exchanges alone of which their number is told, being five or more: no
sum leaves that of fewer. What is public of each one by design (a request once it is published, an
exchange that was held) is told exactly, whatever is chosen. Staff see every figure as it is.
"""

from dataclasses import replace

from django.utils.translation import gettext as _

from connect.anonymity import FEW
from connect.templatetags.look import amount
from exchanges.enums import Post, Side
from impact.figures.shape import Kind, Row, make_table, name_choice
from registry.enums import Gender

CATEGORIES = {"gender": Gender, "side": Side, "post": Post}


def in_fives(count):
    return count // FEW * FEW


def counts_in_fives(counts, total):
    """Return {key: count in whole fives} of counts with a public total; None if none is told.

    A count in fives may be any of five numbers. The total, less the most that the others may be,
    can still say that a count is neither none nor five; or that hardly anybody is anything else,
    so that whoever is alone in an exchange is known. Then nothing is told.
    """
    fives = {key: in_fives(count) for key, count in counts.items()}
    least = sum(fives.values())
    most = least + (FEW - 1) * len(fives)
    for low in fives.values():
        high = low + FEW - 1
        at_least, at_most = max(low, total - (most - high)), min(high, total - (least - low))
        if (at_least > 0 and at_most < FEW) or at_least > total - FEW:
            return None
    return fives


def for_public(impact, asked):
    """Return the figures as everybody may see them."""
    narrowed = bool(asked.query)
    states = next((one for one in impact.tables if one.code == "status"), None)
    least = None
    if states and not narrowed:
        least = sum(row.count for row in states_in_fives(states).rows)
    sections = [
        replace(
            section,
            figures=[public_figure(one, narrowed, least) for one in section.figures],
            tables=[public_table(one, narrowed) for one in section.tables],
        )
        for section in impact.sections
    ]
    return replace(impact, sections=sections)


def public_figure(figure, narrowed, least):
    """least: how many dossiers there are at least, of all together."""
    if not figure.kind:
        return figure
    if figure.kind in (Kind.PEOPLE, Kind.MANY):
        return figure_of_people(figure, narrowed)
    if figure.public is not None:
        return replace(figure, value=figure.public, note=of_published())
    if narrowed:
        return replace(figure, value=None, note=of_all_only())
    if figure.code == "dossiers":
        return replace(figure, value=least, note=dossiers_in_fives(), is_at_least=True)
    if figure.code == "success":  # of counts in fives it would be a share of other dossiers
        return replace(figure, value=None, note=no_share_of_fives())
    if figure.basis < FEW:
        return replace(figure, value=None, note=figure.note or too_few())
    if figure.kind == Kind.INCIDENTS:
        return replace(figure, value=in_fives(figure.value), note=counted_in_fives())
    if figure.in_halves is not None:
        return replace(figure, value=figure.in_halves, note=mean_of_fives())
    return figure


def figure_of_people(figure, narrowed):
    """Return a figure of people: one that only all tell together, or a sum of exchanges."""
    if narrowed and figure.kind == Kind.PEOPLE:
        return replace(figure, value=None, note=of_all_only())
    if figure.kind == Kind.MANY and not figure.value:
        return figure
    if figure.basis < FEW:
        return replace(figure, value=None, note=too_few())
    if figure.public is None:
        return figure
    return replace(figure, value=figure.public, note=of_exchanges_of_many())


def public_table(made, narrowed):
    if not made.kind:
        return made
    if made.code == "place" or (made.code == "status" and narrowed):
        return recount_table(made, [(row.label, row.public, row.key) for row in made.rows])
    if narrowed:
        return replace(made, rows=[], note=of_all_only())
    if made.code == "status":
        return states_in_fives(made)
    return people_in_fives(made) if made.code in CATEGORIES else made


def recount_table(made, rows, note=""):
    made = make_table(made.code, made.label, rows, made.words, made.kind)
    return replace(made, note=note or of_published())


def states_in_fives(made):
    """Count the dossiers of each state: the published ones, and the others in whole fives."""
    rows = [
        (row.label, row.public + in_fives(row.count - row.public), row.key) for row in made.rows
    ]
    return recount_table(made, rows, dossiers_in_fives())


def people_in_fives(made):
    """Count people in whole fives, so that none and few look the same; who said nothing too."""
    choices = CATEGORIES[made.code]
    counted = {row.key: row.public for row in made.rows if row.public}
    codes = [*choices.values, *([""] if "" in counted else [])]
    whole = sum(counted.values())
    fives = counts_in_fives({code: counted.get(code, 0) for code in codes}, whole)
    if fives is None:
        return replace(made, rows=[], note=too_few())
    note = counted_in_fives()
    if "" in counted:  # as the rows tell it: the exact number would tell of few
        note = f"{describe_at_least(sum(fives.values()) - fives[''], whole)} {note}"
    many = recount_table(
        made, [(name_choice(choices, code), n, code) for code, n in fives.items()], note
    )
    few = [
        Row(str(name_choice(choices, code)), None, 0, code) for code, n in fives.items() if not n
    ]
    return replace(many, rows=[*many.rows, *few])


def describe_at_least(count, whole):
    numbers = {"said": amount(count), "all": amount(whole)}
    return _("Stated for at least %(said)s of %(all)s.") % numbers


def of_all_only():
    return _(
        "Shown for all exchanges together only: for some of them it could identify "
        "individual people."
    )


def of_published():
    return _("Of requests that were published.")


def of_exchanges_of_many():
    return _("Exchanges with fewer than five people are not included.")


def dossiers_in_fives():
    return _(
        "Not exact: applications that are not published are counted in fives for "
        "each status, so there may be more."
    )


def no_share_of_fives():
    return _(
        "Applications that are not published are counted in fives only, so no share can be given."
    )


def counted_in_fives():
    return _("Counted in fives.")


def mean_of_fives():
    return _(
        "Mean of the answers in groups of five, in the order received, rounded to the "
        "nearest half point."
    )


def too_few():
    return _("Not shown while the number is so small that people could be identified.")
