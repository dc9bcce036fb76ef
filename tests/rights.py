"""Who may do what, and in which status, as docs/roles.md and docs/domain.md say it.

Written apart from the tables of the product (`permissions.py` of each app): what these open is
compared with it. The people are those of `PeopleByTie` and of the `WiderCircle` around them.
"""

NEUTRAL = "officer, administrator, officer who left long ago"
STAFF = f"{NEUTRAL}, officer with a conflict, tied officers"
WRITERS = "editor, representative"
COLLEAGUES = f"colleague, {WRITERS}"
EVERYBODY = "everybody"
ANY = "any"
UNDER_WAY = "running interrupted completed evaluated follow_up_6m follow_up_12m"
BEFORE_THE_END = "agreed planned ready running postponed interrupted"
DECIDED_BUT_CLOSED = "ineligible not_selected withdrawn cancelled closed_no_match"
DECIDED = f"{DECIDED_BUT_CLOSED} closed"

# {(thing, verb): {people: the statuses in which they may}}; whoever is not named may not.
RIGHTS = {
    ("dossier", "read"): {
        COLLEAGUES: "any but private",
        f"association, {NEUTRAL}": "any but private draft",
        "newcomer": "private",  # who began it, and only asked to join the town
    },
    ("dossier", "write"): {WRITERS: "draft correction_asked", "newcomer": "private"},
    # Whoever was invited to write one draft writes its sections, and does nothing else.
    ("dossier", "fill in"): {
        WRITERS: "draft correction_asked",
        "newcomer": "private",
        "contributor": "draft",
    },
    ("dossier", "ask to sign"): {
        WRITERS: "draft submitted eligibility_check correction_asked",
        "newcomer": "private",
    },
    ("dossier", "add a file"): {
        WRITERS: "draft submitted eligibility_check correction_asked",
        "newcomer": "private",
    },
    ("dossier", "withdraw a file"): {NEUTRAL: "any but private draft"},
    ("dossier", "pause reminders"): {NEUTRAL: "any but private draft"},
    ("dossier", "approve"): {WRITERS: "validated"},
    ("dossier", "become contact"): {WRITERS: f"any but private {DECIDED}"},
    ("dossier", "change representative"): {
        f"{WRITERS}, {NEUTRAL}": f"any but private draft {DECIDED_BUT_CLOSED}"
    },
    ("dossier", "copy"): {WRITERS: "any but private", "newcomer": "private"},
    ("dossier", "delete"): {"newcomer": "private"},
    ("dossier", "keep longer"): {WRITERS: f"draft {DECIDED}"},
    ("dossier", "judge"): {"committee member": "under_selection"},
    # What staff type in for a town: another officer may take it over, one with a tie too.
    ("dossier typed in by staff", "read"): {
        f"{COLLEAGUES}, {STAFF}": "any but private",
        "association": "any but private draft",
        "newcomer": "private",
    },
    ("dossier typed in by staff", "write"): {
        WRITERS: "draft correction_asked",
        STAFF: "draft",
        "newcomer": "private",
    },
    ("dossier typed in by staff", "fill in"): {
        WRITERS: "draft correction_asked",
        STAFF: "draft",
        "newcomer": "private",
    },
    ("dossier typed in by staff", "ask to sign"): {
        WRITERS: "draft submitted eligibility_check correction_asked",
        STAFF: "draft",
        "newcomer": "private",
    },
    ("dossier typed in by staff", "add a file"): {
        WRITERS: "draft submitted eligibility_check correction_asked",
        STAFF: "draft",
        "newcomer": "private",
    },
    ("answer", "read"): {
        "expert": "any but undone",
        COLLEAGUES: "shortlisted chosen reserve",
        NEUTRAL: ANY,  # as the file that it answers
    },
    ("answer", "write"): {"expert": "invited draft"},
    ("match", "read"): {
        f"{COLLEAGUES}, expert, expert who left": "any but taken_back",
        NEUTRAL: ANY,
    },
    ("meeting", "read"): {
        f"committee member, committee member with a conflict, {STAFF}": ANY,
    },
    ("meeting", "plan"): {STAFF: "planned"},
    ("meeting", "attend"): {"committee member, committee member with a conflict": "planned"},
    ("meeting", "write minutes"): {STAFF: "held"},
    ("meeting", "print minutes"): {
        NEUTRAL: "held to_sign signed",
        "committee member": "to_sign signed",
    },
    ("meeting", "sign"): {"committee member": "to_sign"},
    ("exchange", "read"): {
        f"{COLLEAGUES}, expert, expert who left, association, {STAFF}": ANY,
    },
    ("exchange", "meet"): {f"{COLLEAGUES}, expert, expert who left, {STAFF}": ANY},
    ("exchange", "name"): {
        f"{WRITERS}, expert, association, {STAFF}": "any but closed cancelled",
    },
    ("exchange", "plan"): {f"{WRITERS}, expert, {STAFF}": BEFORE_THE_END},
    ("exchange", "correct"): {STAFF: "completed evaluated follow_up_6m follow_up_12m"},
    ("exchange", "account"): {f"{WRITERS}, expert, {STAFF}": f"{BEFORE_THE_END} completed"},
    ("exchange", "record"): {f"{WRITERS}, expert, {STAFF}": UNDER_WAY},
    ("exchange", "withdraw"): {STAFF: ANY},
    ("exchange", "pause reminders"): {STAFF: ANY},
    ("exchange", "observe"): {"association": BEFORE_THE_END},
    ("exchange", "follow"): {f"{WRITERS}, {STAFF}": UNDER_WAY},
    ("practice", "read"): {
        EVERYBODY: "published",
        f"{COLLEAGUES}, expert, expert who left, {STAFF}": "any but removed",
    },
    ("practice", "write"): {
        f"{WRITERS}, expert": "draft review archived",
        STAFF: "draft review approved published archived",
    },
    ("practice", "withdraw"): {STAFF: "any but removed"},
    ("practice", "agree"): {f"{WRITERS}, expert, expert who left": "review approved archived"},
    ("authority", "read"): {
        EVERYBODY: "verified",
        f"newcomer, former editor, {COLLEAGUES}, {STAFF}": ANY,
    },
    ("membership", "decide"): {f"{WRITERS}, {STAFF}": "asked"},
    ("hidden expert", "read"): {f"expert, {STAFF}": ANY},
    ("public expert", "read"): {EVERYBODY: ANY},
    ("offer of the hidden expert", "read"): {f"expert, {STAFF}": ANY},
    ("offer of the hidden expert", "write"): {"expert": "any but removed"},
    ("offer of the public expert", "read"): {EVERYBODY: "published", STAFF: ANY},
    ("offer of the public expert", "write"): {},
}

# Beside that, typing gives staff nothing.
RIGHTS |= {
    ("dossier typed in by staff", verb): people
    for (thing, verb), people in RIGHTS.items()
    if thing == "dossier" and verb not in ("read", "write", "fill in", "ask to sign", "add a file")
}

OPEN = "draft submitted eligibility_check correction_asked under_selection reserve validated"
BEFORE_MATCHED = f"{OPEN} published shortlisting consent_pending"
EITHER_SIDE = f"{WRITERS}, expert, expert who left"

# {thing: {step: (from, to, by whom)}}, as docs/domain.md 4 says; the clock is no person.
STEPS = {
    "meeting": {
        "cancel": ("planned", "cancelled", STAFF),
        "hold": ("planned", "held", STAFF),
        "send_to_chair": ("held", "to_sign", STAFF),
        "record_unsigned": ("held", "signed", STAFF),
        "send_back": ("to_sign", "held", f"committee member, {STAFF}"),
        "sign": ("to_sign", "signed", "committee member"),
    },
    "dossier": {
        "hand_over": ("private", "draft", "newcomer, clock"),
        "submit": ("draft", "submitted", WRITERS),
        "take_back": ("submitted", "draft", WRITERS),
        "open": ("submitted", "eligibility_check", NEUTRAL),
        "ask_correction": ("eligibility_check", "correction_asked", NEUTRAL),
        "answer_correction": ("correction_asked", "eligibility_check", WRITERS),
        "move_correction": ("correction_asked", "correction_asked", NEUTRAL),
        "withdraw_correction": ("correction_asked", "eligibility_check", NEUTRAL),
        "lapse": ("correction_asked", "withdrawn", "clock"),
        "find_ineligible": ("eligibility_check", "ineligible", NEUTRAL),
        "reopen": ("ineligible", "eligibility_check", NEUTRAL),
        "send_to_committee": ("eligibility_check", "under_selection", NEUTRAL),
        "validate": ("under_selection reserve", "validated", NEUTRAL),
        "overrule": ("under_selection reserve", "validated", "administrator"),
        "reserve": ("under_selection", "reserve", NEUTRAL),
        "not_select": ("under_selection reserve", "not_selected", NEUTRAL),
        "publish": ("validated", "published", STAFF),
        "shortlist": ("published", "shortlisting", f"{STAFF}, clock"),
        "ask_consent": ("shortlisting", "consent_pending", STAFF),
        "match": ("consent_pending", "matched", "clock"),
        "consent_failed": ("consent_pending", "shortlisting", "clock"),
        "withdraw_proposal": ("consent_pending", "shortlisting", STAFF),
        "undo_proposal": ("consent_pending", "shortlisting", f"{STAFF}, clock"),
        "seek_again": ("shortlisting", "published", STAFF),
        "rematch": ("matched", "shortlisting", f"{STAFF}, clock"),
        "close": ("matched", "closed", "clock"),
        "close_no_match": ("published shortlisting", "closed_no_match", STAFF),
        "withdraw": (BEFORE_MATCHED, "withdrawn", WRITERS),
        "cancel": (f"{BEFORE_MATCHED} matched", "cancelled", STAFF),
    },
    "answer": {
        "begin": ("invited", "draft", "expert"),
        "submit": ("invited draft", "submitted", "expert"),
        "correct": ("submitted screened", "draft", "expert"),
        "screen": ("submitted", "screened", STAFF),
        "shortlist": ("screened reserve declined", "shortlisted", STAFF),
        "uninvite": ("invited", "undone", f"{STAFF}, clock"),
        "unscreen": ("screened declined", "submitted", STAFF),
        "restore": ("shortlisted reserve declined", "screened", STAFF),
        "restore_shortlisted": ("reserve declined", "shortlisted", STAFF),
        "restore_reserve": ("shortlisted declined", "reserve", STAFF),
        "choose": ("shortlisted", "chosen", "clock"),
        "keep_in_reserve": ("screened shortlisted", "reserve", f"{STAFF}, clock"),
        "decline": ("submitted screened shortlisted reserve", "declined", f"{STAFF}, clock"),
        "withdraw": ("invited draft submitted screened shortlisted reserve", "withdrawn", "expert"),
        "remove_draft": ("draft", "undone", "expert"),
        "expire": ("invited draft submitted screened shortlisted reserve", "expired", "clock"),
        "end_with_exchange": ("chosen", "expired", "clock"),
    },
    "match": {
        "agree": ("proposed", "agreed", "clock"),
        "refuse": ("proposed", "refused", "clock"),
        "lapse": ("proposed", "lapsed", "clock"),
        "undo": ("agreed", "undone", f"{STAFF}, clock"),
        "unpropose": ("proposed", "taken_back", f"{STAFF}, clock"),
        "withdraw": ("proposed", "withdrawn", STAFF),
    },
    "exchange": {
        "plan": ("agreed postponed", "planned", STAFF),
        "get_ready": ("planned", "ready", STAFF),
        "start": ("ready", "running", f"{STAFF}, clock"),
        "resume": ("interrupted", "running", STAFF),
        "complete": ("running interrupted", "completed", f"{STAFF}, clock"),
        "evaluate": ("completed", "evaluated", STAFF),
        "follow_up_6m": ("evaluated", "follow_up_6m", f"{STAFF}, clock"),
        "follow_up_12m": ("follow_up_6m", "follow_up_12m", f"{STAFF}, clock"),
        "close": ("follow_up_12m", "closed", f"{STAFF}, clock"),
        "postpone": ("agreed planned ready running", "postponed", STAFF),
        "interrupt": ("running", "interrupted", STAFF),
        "cancel": (BEFORE_THE_END, "cancelled", f"{STAFF}, clock"),
    },
    "practice": {
        "submit_practice": ("draft", "review", f"{EITHER_SIDE}, {STAFF}"),
        "send_back": ("review approved", "draft", STAFF),
        "approve_practice": ("review", "approved", STAFF),
        "publish_practice": ("approved archived", "published", STAFF),
        "archive": ("published", "archived", f"{EITHER_SIDE}, {STAFF}"),
        "remove_draft": ("draft", "removed", STAFF),
    },
    "offer of the hidden expert": {
        "publish": ("draft paused expired", "published", "expert"),
        "pause": ("published", "paused", f"expert, {STAFF}"),
        "expire": ("published paused", "expired", "clock"),
        "remove": ("draft published paused expired", "removed", f"expert, {STAFF}, clock"),
    },
}

# Whose people each may name for an exchange, whether they invite guests to a mission (the town is
# the host), and whether they confirm who took part.
SIDES = {
    "editor": ({"requesting"}, "hosts", "confirms"),
    "representative": ({"requesting"}, "hosts", "confirms"),
    "expert": ({"offering"}, "", ""),
    "association": ({"association"}, "", ""),
    "officer": ({"requesting", "offering", "association", "staff", "other"}, "hosts", "confirms"),
}


def may(person, thing, verb, status):
    """True if this person may do so with a thing in this status (None: it has none)."""
    return any(
        is_among(person, people) and holds_in(status, where)
        for people, where in RIGHTS[thing, verb].items()
    )


def is_among(person, people):
    return (
        people == EVERYBODY
        or person in people.split(", ")
        or (person in TIED_OFFICERS and "tied officers" in people.split(", "))
    )


def holds_in(status, where):
    if where == ANY or status is None:
        return True
    listed = where.removeprefix("any but ").split()
    return (status in listed) != where.startswith("any but ")


# Officers who lately belonged to a place of the dossier: they have a conflict of interest with it.
TIED_OFFICERS = (
    "officer who left the town",
    "officer who left its association",
    "officer who left a partner",
    "officer who left a partner's association",
    "officer whose profile is of the town",
)
