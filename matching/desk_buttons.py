"""The buttons of the matching desk, all of one form: the one pressed, and what was typed for it."""

from connect.posted_values import as_number, posted_numbers
from connect.typed_texts import save_beside
from matching.desk_last_day import FIELDS
from matching.teams import team_sizes

# {what is typed of each of several things: its name on the page}
OF_EACH = {"aside": "asides", "exception": "exceptions", "withdraw": "withdrawals"}
OF_EACH |= {"waiver": "waivers", "internal": "internals"}
# {button: the names of what is sent with it; of several things with the number of its own}
SENT_WITH = {
    "put_aside": ["aside-{}"],
    "invite": ["exception-{}"],
    "invite_again": ["exception-{}"],
    "shortlist": ["waiver-{}"],
    "withdraw_proposal": ["withdraw-{}", "internal-{}"],
    "propose": ["interest", "form", "note", "together"],
    **{verb: [name, "meant"] for verb, name in FIELDS.items()},
}
# Chosen beforehand, most often, or ticked for one button alone.
UNTYPED = {"csrfmiddlewaretoken", "form", "interest", "together", "meant"}


def read_button(request):
    """Return (verb, number of its thing) of the button that was pressed: all are one form."""
    verb, _space, number = request.POST.get("verb", "").partition(" ")
    return verb, as_number(number)


def chosen_before(undone):
    """Return whom an undone proposal was for; nobody where there were several to reconsider."""
    before = [one.pk for one in undone.interests.all()] if undone else []
    return before if len(before) == 1 else []


def count_together(request, dossier):
    """Return how many experts were chosen for one proposal where one is sought; else 0."""
    chosen = len(set(posted_numbers(request, "interest")))
    return chosen if chosen > 1 and not team_sizes(dossier) else 0


def typed_of_each(typed, name):
    """Return {number: text} of what was typed under a name for each of several things."""
    texts = {as_number(key.removeprefix(f"{name}-")): text for key, text in typed.items()}
    texts.pop(0, None)
    return texts


def save_unsent(request):
    """Save what was typed for other buttons than the one that was pressed."""
    verb, number = read_button(request)
    sent = {"verb", *(name.format(number) for name in SENT_WITH.get(verb, []))}
    save_beside(request, texts=request.POST.keys() - sent - UNTYPED, sent=sent)
