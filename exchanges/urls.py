from django.urls import path

from connect.double_posts import adds_once
from exchanges.views import (
    agenda_pages,
    budget_pages,
    diary_pages,
    directory_pages,
    evaluation_pages,
    exchange_pages,
    measure_pages,
    participant_pages,
    picture_pages,
    stop_pages,
    taking_part_pages,
    terms_pages,
    withdrawal_pages,
)

urlpatterns = [
    path("my/", exchange_pages.my_page, name="my"),
    path("events/", agenda_pages.open_events_page, name="events"),
    path("events.ics", agenda_pages.events_calendar, name="events-calendar"),
    path("exchanges/", exchange_pages.exchange_list, name="exchanges"),
    path("exchanges/people/", directory_pages.directory_page, name="directory"),
    path("exchanges/agenda/<str:token>/", agenda_pages.agenda_by_link, name="agenda-by-link"),
    path("exchanges/agenda/<str:token>.ics", agenda_pages.agenda_calendar, name="agenda-calendar"),
    path("exchanges/part/<str:token>/", taking_part_pages.part, name="exchange-part"),
    path(
        "exchanges/part/<str:token>/picture/<int:pk>.jpg",
        taking_part_pages.part_picture,
        name="exchange-part-picture",
    ),
    path("exchanges/part/<str:token>/diary/", diary_pages.diary_by_link, name="diary-by-link"),
    path("exchanges/plan/<str:token>/", measure_pages.approve_plan, name="plan-by-link"),
    path("exchanges/evaluation/<str:token>/", evaluation_pages.questionnaire, name="evaluate"),
    path("exchanges/<str:reference>/", exchange_pages.exchange, name="exchange"),
    path(
        "exchanges/<str:reference>/people/",
        participant_pages.participants_page,
        name="exchange-participants",
    ),
    path(
        "exchanges/<str:reference>/people/<int:pk>/",
        participant_pages.participant,
        name="exchange-participant",
    ),
    path("exchanges/<str:reference>/budget/", budget_pages.budget_page, name="exchange-budget"),
    path(
        "exchanges/<str:reference>/budget/<int:pk>/", budget_pages.line, name="exchange-budget-line"
    ),
    path(
        "exchanges/<str:reference>/budget/<int:pk>/receipt/",
        budget_pages.receipt,
        name="exchange-receipt",
    ),
    path(
        "exchanges/<str:reference>/budget/approve/",
        budget_pages.post_budget_approval,
        name="exchange-budget-approve",
    ),
    path("exchanges/<str:reference>/agenda/", agenda_pages.agenda_page, name="exchange-agenda"),
    path(
        "exchanges/<str:reference>/agenda/<int:pk>/",
        agenda_pages.session_page,
        name="exchange-session",
    ),
    path(
        "exchanges/<str:reference>/observe/<int:pk>/",
        agenda_pages.post_observation,
        name="exchange-observe",
    ),
    path("exchanges/<str:reference>/stop/", stop_pages.stop_page, name="exchange-stop"),
    path("exchanges/<str:reference>/days/", terms_pages.days_page, name="exchange-days"),
    path("exchanges/<str:reference>/terms/", terms_pages.terms_page, name="exchange-terms"),
    path(
        "exchanges/<str:reference>/documents/<slug:kind>.pdf",
        terms_pages.exchange_document,
        name="exchange-document",
    ),
    path(
        "exchanges/<str:reference>/people/<int:pk>/certificate.pdf",
        participant_pages.certificate,
        name="certificate",
    ),
    path(
        "exchanges/<str:reference>/people/<int:pk>/invitation/",
        participant_pages.invitation,
        name="invitation",
    ),
    path("exchanges/<str:reference>/plan/", measure_pages.plan, name="exchange-plan"),
    path(
        "exchanges/<str:reference>/plan/approval/",
        measure_pages.post_plan_approval_request,
        name="exchange-approval",
    ),
    path(
        "exchanges/<str:reference>/plan/new/",
        adds_once(measure_pages.measure_page),
        name="exchange-measure-new",
    ),
    path(
        "exchanges/<str:reference>/plan/<int:pk>/",
        measure_pages.measure_page,
        name="exchange-measure",
    ),
    path(
        "exchanges/<str:reference>/plan/<int:pk>/report/",
        measure_pages.measure_report,
        name="measure-report",
    ),
    path("exchanges/<str:reference>/evidence/<int:pk>/", measure_pages.evidence, name="evidence"),
    path(
        "exchanges/<str:reference>/report/", evaluation_pages.whole_report, name="exchange-report"
    ),
    path(
        "exchanges/<str:reference>/report/<int:month>/", measure_pages.follow_up, name="follow-up"
    ),
    path("exchanges/<str:reference>/incident/", taking_part_pages.incident, name="incident"),
    path(
        "exchanges/<str:reference>/people/there/",
        taking_part_pages.attendance,
        name="exchange-attendance",
    ),
    path("exchanges/<str:reference>/diary/", diary_pages.diary_page, name="exchange-diary"),
    path(
        "exchanges/<str:reference>/people/<int:pk>/learning.pdf",
        diary_pages.learning,
        name="learning-report",
    ),
    path(
        "exchanges/<str:reference>/pictures/", picture_pages.pictures_page, name="exchange-pictures"
    ),
    path(
        "exchanges/<str:reference>/pictures/<int:pk>.jpg",
        picture_pages.picture_file,
        name="exchange-picture",
    ),
    path(
        "exchanges/<str:reference>/withdraw/",
        withdrawal_pages.withdraw_file_page,
        name="exchange-withdraw",
    ),
    path("exchanges/<str:reference>/results/", evaluation_pages.results, name="exchange-results"),
]
