from django.urls import path

from connect.double_posts import adds_once
from exchanges.views import after, budget, directory, during, main, planning

urlpatterns = [
    path("my/", main.my, name="my"),
    path("events/", planning.events, name="events"),
    path("events.ics", planning.events_calendar, name="events-calendar"),
    path("exchanges/", main.exchanges, name="exchanges"),
    path("exchanges/people/", directory.directory, name="directory"),
    path("exchanges/agenda/<str:token>/", planning.agenda_by_link, name="agenda-by-link"),
    path("exchanges/agenda/<str:token>.ics", planning.agenda_calendar, name="agenda-calendar"),
    path("exchanges/part/<str:token>/", during.part, name="exchange-part"),
    path(
        "exchanges/part/<str:token>/picture/<int:pk>.jpg",
        during.part_picture,
        name="exchange-part-picture",
    ),
    path("exchanges/part/<str:token>/diary/", during.diary_by_link, name="diary-by-link"),
    path("exchanges/plan/<str:token>/", after.approve_plan, name="plan-by-link"),
    path("exchanges/evaluation/<str:token>/", after.evaluate, name="evaluate"),
    path("exchanges/<str:reference>/", main.exchange, name="exchange"),
    path("exchanges/<str:reference>/people/", planning.participants, name="exchange-participants"),
    path(
        "exchanges/<str:reference>/people/<int:pk>/",
        planning.participant,
        name="exchange-participant",
    ),
    path("exchanges/<str:reference>/budget/", budget.budget, name="exchange-budget"),
    path("exchanges/<str:reference>/budget/<int:pk>/", budget.line, name="exchange-budget-line"),
    path(
        "exchanges/<str:reference>/budget/<int:pk>/receipt/",
        budget.receipt,
        name="exchange-receipt",
    ),
    path(
        "exchanges/<str:reference>/budget/approve/",
        budget.approve,
        name="exchange-budget-approve",
    ),
    path("exchanges/<str:reference>/agenda/", planning.agenda, name="exchange-agenda"),
    path("exchanges/<str:reference>/agenda/<int:pk>/", planning.session, name="exchange-session"),
    path("exchanges/<str:reference>/observe/<int:pk>/", planning.observe, name="exchange-observe"),
    path("exchanges/<str:reference>/days/", planning.days, name="exchange-days"),
    path("exchanges/<str:reference>/terms/", planning.terms, name="exchange-terms"),
    path(
        "exchanges/<str:reference>/documents/<slug:kind>.pdf",
        planning.document,
        name="exchange-document",
    ),
    path(
        "exchanges/<str:reference>/people/<int:pk>/certificate.pdf",
        planning.certificate,
        name="certificate",
    ),
    path(
        "exchanges/<str:reference>/people/<int:pk>/invitation.pdf",
        planning.invitation,
        name="invitation",
    ),
    path("exchanges/<str:reference>/plan/", after.plan, name="exchange-plan"),
    path("exchanges/<str:reference>/plan/approval/", after.ask_approval, name="exchange-approval"),
    path(
        "exchanges/<str:reference>/plan/new/",
        adds_once(after.measure),
        name="exchange-measure-new",
    ),
    path("exchanges/<str:reference>/plan/<int:pk>/", after.measure, name="exchange-measure"),
    path("exchanges/<str:reference>/plan/<int:pk>/report/", after.report, name="measure-report"),
    path("exchanges/<str:reference>/evidence/<int:pk>/", after.evidence, name="evidence"),
    path("exchanges/<str:reference>/report/", after.whole_report, name="exchange-report"),
    path("exchanges/<str:reference>/report/<int:month>/", after.follow_up, name="follow-up"),
    path("exchanges/<str:reference>/incident/", during.incident, name="incident"),
    path("exchanges/<str:reference>/people/there/", during.attendance, name="exchange-attendance"),
    path("exchanges/<str:reference>/diary/", during.diary, name="exchange-diary"),
    path(
        "exchanges/<str:reference>/people/<int:pk>/learning.pdf",
        during.learning,
        name="learning-report",
    ),
    path("exchanges/<str:reference>/pictures/", during.pictures, name="exchange-pictures"),
    path(
        "exchanges/<str:reference>/pictures/<int:pk>.jpg",
        during.picture,
        name="exchange-picture",
    ),
    path("exchanges/<str:reference>/results/", after.results, name="exchange-results"),
]
