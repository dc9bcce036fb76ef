from django.contrib.auth.decorators import login_not_required
from django.urls import path

from matching import views
from matching.feeds import OpportunityFeed

urlpatterns = [
    path("opportunities/", views.opportunities, name="opportunities"),
    path("opportunities/feed.atom", login_not_required(OpportunityFeed()), name="opportunity-feed"),
    path("opportunities/deadlines.ics", views.deadlines, name="opportunity-deadlines"),
    path("opportunities/alerts/", views.alerts, name="alerts"),
    path("opportunities/<str:reference>/", views.opportunity, name="opportunity"),
    path("opportunities/<str:reference>/answer/", views.answer, name="answer"),
    path("opportunities/<str:reference>/interests/<int:pk>/", views.interest, name="interest"),
    path(
        "opportunities/<str:reference>/interests/<int:pk>/cv.pdf",
        views.interest_cv,
        name="interest-cv",
    ),
    path(
        "opportunities/<str:reference>/interests/<int:pk>/withdraw/",
        views.withdraw_interest,
        name="interest-withdraw",
    ),
    path("matches/answer/<str:token>/", views.answer_by_link, name="answer-by-link"),
    path("matches/<str:reference>/", views.match, name="match"),
    path("matches/<str:reference>/answers/<int:pk>/", views.match_answer, name="match-answer"),
]
