"""Every address of ours, with what each role gets there: a new one needs its row."""

import pytest
from django.contrib import admin
from django.urls import reverse

ROLES = ["anonymous", "neighbour", "colleague", "expert", "committee", "association", "officer"]
SIGN_IN = 302  # sent to the sign-in page

# A walk through the pages opens every third, another third for each role, and every sixth where all
# roles walk: each page is opened for one at least. `make audit` opens all.
EVERY_THIRD = pytest.mark.parametrize("apart", [3, pytest.param(1, marks=pytest.mark.audit)])
EVERY_SIXTH = pytest.mark.parametrize("apart", [6, pytest.param(1, marks=pytest.mark.audit)])

# name: what each role gets on GET, in the order of ROLES. POST-only addresses answer 405.
PUBLIC = [200] * 7
SIGNED_IN = [SIGN_IN] + [200] * 6
POST_ONLY = [SIGN_IN] + [405] * 6
EXPECTED = {
    "home": PUBLIC,
    "desk": [302] * 7,  # the admin asks who comes
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    "calls": PUBLIC,
    "call": PUBLIC,
    "can-we-apply": PUBLIC,
    "paper-form": PUBLIC,
    "printable-form": PUBLIC,
    "opportunities": PUBLIC,
    "opportunity": PUBLIC,
    "opportunity-picture": PUBLIC,
    "opportunity-feed": PUBLIC,
    "opportunity-deadlines": PUBLIC,
    "alerts": SIGNED_IN,
    "letters": SIGNED_IN,
    "pause": PUBLIC,
    "reading-help": [SIGN_IN] + [404] * 6,  # no service is set
    "translation-answer": [405] * 7,
    "my-calendar": POST_ONLY,
    "work-calendar": PUBLIC,
    "experts": PUBLIC,
    "topics": PUBLIC,
    "expert": PUBLIC,
    "authority": PUBLIC,
    "authorities": PUBLIC,
    "availability": PUBLIC,
    "employer-agrees": PUBLIC,
    "photo": [404] * 7,  # there is none
    "profile-confirm": POST_ONLY,
    "profile-topic": POST_ONLY,
    "profile-employer": POST_ONLY,
    "profile-calendar": POST_ONLY,
    "withdraw-link": POST_ONLY,
    "demo": PUBLIC,
    "demo-mail": PUBLIC,
    "demo-letters": PUBLIC,
    "healthz": PUBLIC,
    "robots": PUBLIC,
    "sitemap": PUBLIC,
    "favicon": [302] * 7,
    "home-picture": PUBLIC,
    "readyz": PUBLIC,
    "metrics": [404] * 7,
    "answer-by-link": PUBLIC,
    "sign": PUBLIC,
    "sign-file": PUBLIC,
    "together": PUBLIC,
    "co-applicants": [SIGN_IN, 404, 200, 404, 404, 404, 404],
    "co-applicant": POST_ONLY,
    "co-applicant-named": [SIGN_IN, 200, 404, 404, 404, 404, 404],
    "contributors": [SIGN_IN, 404, 200, 404, 404, 404, 404],
    "contribute": [SIGN_IN, 200, 404, 404, 404, 404, 404],
    "contribute-join": PUBLIC,
    "remove-contributor": POST_ONLY,
    "become-contact": POST_ONLY,
    "change-representative": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "dossier-receipt": [SIGN_IN] + [404] * 6,  # nothing was sent
    "keep-dossier": POST_ONLY,
    "my-data": SIGNED_IN,
    "socialaccount_connections": [SIGN_IN, *[404] * 6],  # of these tests none is a provider
    "socialaccount_signup": [302] * 7,  # for whoever comes from a provider
    "provider": [405] * 7,
    "provider-return": [404] * 7,  # of these tests none is a provider
    "my-copy": [SIGN_IN, 404, 404, 404, 404, 404, 302],  # an officer gives the code again
    "close-account": SIGNED_IN,
    "data": PUBLIC,
    "data-open": PUBLIC,
    "data-mine": [410] * 7,  # only for whoever opened a link just now
    "data-mine-copy": [410] * 7,
    "data-keep": PUBLIC,
    "opinion": POST_ONLY,
    "ask-signature": POST_ONLY,
    "demo-sign-in": [405] * 7,
    "my": SIGNED_IN,
    "account": SIGNED_IN,
    "sessions": SIGNED_IN,
    "session": SIGNED_IN,
    "memberships": SIGNED_IN,
    "join": SIGNED_IN,
    "propose-authority": SIGNED_IN,
    "profile": SIGNED_IN,
    "exchanges": SIGNED_IN,
    "begin": POST_ONLY,
    "dossier-step": POST_ONLY,
    "approve-summary": POST_ONLY,
    "add-file": POST_ONLY,
    "copy": POST_ONLY,
    "delete-draft": POST_ONLY,
    "autosave": [405] * 7,
    "change-file": POST_ONLY,
    "remove-file": POST_ONLY,
    "answer": POST_ONLY,
    "not-for-me": POST_ONLY,
    "interest-withdraw": POST_ONLY,
    "interest-correct": POST_ONLY,
    "match-answer": POST_ONLY,
    "membership-decide": POST_ONLY,
    "membership-leave": POST_ONLY,
    "offer-step": POST_ONLY,
    "dossier": [SIGN_IN, 404, 200, 404, 404, 200, 200],
    "withdraw-file": [SIGN_IN, 404, 404, 404, 404, 404, 200],
    "file": [SIGN_IN, 404, 200, 404, 404, 200, 200],
    "document": [SIGN_IN, 404, 200, 404, 404, 200, 200],
    "section": [SIGN_IN, 404, 200, 404, 404, 404, 404],
    "check-answers": [SIGN_IN, 404, 200, 404, 404, 404, 404],
    "committee": [SIGN_IN, 404, 404, 404, 200, 404, 404],
    "committee-dossier": [SIGN_IN, 404, 404, 404, 200, 404, 404],
    "committee-commitment": [SIGN_IN] + [404] * 6,  # nothing is declared yet
    "committee-meeting": [SIGN_IN, 404, 404, 404, 200, 404, 200],
    "committee-minutes": [SIGN_IN, 404, 404, 404, 200, 404, 200],
    "association": [SIGN_IN, 403, 403, 403, 403, 200, 403],
    "interest-cv": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "interest": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "match": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "directory": [SIGN_IN, 403, 200, 200, 403, 403, 200],
    "exchange": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-participants": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-participant": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "exchange-attendance": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-diary": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "learning-report": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "diary-by-link": PUBLIC,
    "exchange-part": PUBLIC,
    "exchange-part-picture": PUBLIC,
    "exchange-receipt": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-pictures": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-picture": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-withdraw": [SIGN_IN, 404, 404, 404, 404, 404, 200],
    "exchange-budget": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-budget-line": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-budget-approve": POST_ONLY,
    "exchange-agenda": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-session": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-observe": POST_ONLY,
    "exchange-stop": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-days": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-terms": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-document": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "incident": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "certificate": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "invitation": [SIGN_IN] + [404] * 6,  # there is nobody whom one of them hosts
    "exchange-report": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-plan": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-approval": POST_ONLY,
    "exchange-measure-new": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "exchange-measure": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "measure-report": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "evidence": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "follow-up": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-results": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "agenda-by-link": PUBLIC,
    "agenda-worker": PUBLIC,
    "impact": PUBLIC,
    "association-shared": [SIGN_IN, 403, 403, 403, 403, 200, 403],
    "association-digest": [SIGN_IN, 403, 403, 403, 403, 200, 403],
    "impact-exchanges": PUBLIC,
    "impact-dossiers": PUBLIC,
    "impact-steps": PUBLIC,
    "world": PUBLIC,
    "impact-table": PUBLIC,
    "impact-report": PUBLIC,
    "open-data": PUBLIC,
    "data-dictionary": PUBLIC,
    "iati": PUBLIC,
    "short": [302] * 7,  # to the sign-in, or to the page of the reference
    "api-docs": PUBLIC,
    "api:openapi-json": PUBLIC,
    "api:api-root": [404] * 7,
    "no-such-api": [404] * 7,
    "api:opportunities": PUBLIC,
    "api:practices": PUBLIC,
    "api:practice": PUBLIC,
    "api:exchanges": PUBLIC,
    "api:figures": PUBLIC,
    "practices": PUBLIC,
    "practice-feed": PUBLIC,
    "practice": PUBLIC,
    "practice-photo": PUBLIC,
    "practice-picture": PUBLIC,
    "practices-of": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "practice-write": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "practice-withdraw": [SIGN_IN, 404, 404, 404, 404, 404, 200],
    "practice-photos": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "practice-step": POST_ONLY,
    "practice-agree": POST_ONLY,
    "practice-used": POST_ONLY,
    "practice-contact": POST_ONLY,
    "agenda-calendar": PUBLIC,
    "plan-by-link": PUBLIC,
    "evaluate": PUBLIC,
    "events": PUBLIC,
    "events-calendar": PUBLIC,
    "offer-new": [SIGN_IN, 404, 404, 200, 404, 404, 404],
    "offer": [SIGN_IN, 404, 404, 200, 404, 404, 404],
}


def admin_pages():
    return [
        reverse(f"admin:{name}")
        for name in (
            "index",
            "find",
            "notifications_letter_held",
            "notifications_letter_holding",
            "applications_dossier_changelist",
            "applications_call_changelist",
            "matching_dossiertomatch_changelist",
            "matching_matchrun_changelist",
            "matching_match_changelist",
            "exchanges_exchange_changelist",
            "exchanges_incident_changelist",
            "practices_practice_changelist",
            "registry_authority_changelist",
            "registry_membership_changelist",
            "registry_expert_changelist",
            "registry_offer_changelist",
            "registry_theme_changelist",
            "registry_association_changelist",
            "notifications_letter_changelist",
            "accounts_user_changelist",
            "accounts_user_look_up",
            "accounts_user_goes",
            "accounts_erasure_changelist",
            "accounts_closing_changelist",
        )
    ]


def names_for(role, apart):
    """List the names of the addresses that are opened for a role, by their distance."""
    return list(EXPECTED)[ROLES.index(role) % apart :: apart]


def pages_of(world, apart=1):
    """Give (role, address) of each page that a role opens, and of the admin of each thing."""
    named = {role: set(names_for(role, apart)) for role in ROLES}
    for name, codes in EXPECTED.items():
        for role, code in zip(ROLES, codes, strict=True):
            if code == 200 and name in named[role]:
                yield role, reverse(name, args=world.arguments.get(name, []))
    for model in admin.site._registry:
        place = f"{model._meta.app_label}_{model._meta.model_name}"
        yield "officer", reverse(f"admin:{place}_changelist")
        if (row := model._base_manager.order_by("pk").first()) is not None:
            yield "officer", reverse(f"admin:{place}_change", args=[row.pk])
    call, dossier = world.published.call_id, world.published.pk
    yield "officer", reverse("admin:matching_desk", args=[dossier])
    yield "officer", reverse("admin:matching_policy", args=[call])
    yield "officer", reverse("admin:matching_allocation", args=[call])
    yield "officer", reverse("admin:applications_call_committee", args=[call])
    meeting = world.meeting
    of_meeting = [meeting.call_id, meeting.pk]
    yield "officer", reverse("admin:applications_call_meeting_new", args=[meeting.call_id])
    yield "officer", reverse("admin:applications_call_meeting", args=of_meeting)
    case = meeting.cases.get().pk
    yield "officer", reverse("admin:applications_call_meeting_case", args=[*of_meeting, case])
    yield "officer", reverse("admin:applications_call_minutes_pdf", args=of_meeting)
    ahead = [world.ahead.call_id, world.ahead.pk]
    yield "officer", reverse("admin:applications_call_meeting", args=ahead)
    yield "officer", reverse("admin:applications_call_meeting_change", args=ahead)
    yield "officer", reverse("admin:applications_call_copy", args=[call])
    yield "officer", reverse("admin:exchanges_budget_overview")
