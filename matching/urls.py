from django.contrib.auth.decorators import login_not_required
from django.urls import path

from matching.feeds import OpportunityFeed
from matching.views import interest_pages, match_pages, opportunity_pages

urlpatterns = [
    path("opportunities/", opportunity_pages.board, name="opportunities"),
    path("opportunities/feed.atom", login_not_required(OpportunityFeed()), name="opportunity-feed"),
    path(
        "opportunities/deadlines.ics",
        opportunity_pages.deadlines_calendar,
        name="opportunity-deadlines",
    ),
    path("opportunities/alerts/", opportunity_pages.alerts_page, name="alerts"),
    path("opportunities/<str:reference>/", opportunity_pages.opportunity, name="opportunity"),
    path(
        "opportunities/<str:reference>/picture.png",
        opportunity_pages.request_picture,
        name="opportunity-picture",
    ),
    path("opportunities/<str:reference>/answer/", opportunity_pages.post_answer, name="answer"),
    path(
        "opportunities/<str:reference>/not-for-me/",
        opportunity_pages.post_not_for_me,
        name="not-for-me",
    ),
    path(
        "opportunities/<str:reference>/interests/<int:pk>/",
        interest_pages.interest,
        name="interest",
    ),
    path(
        "opportunities/<str:reference>/interests/<int:pk>/cv.pdf",
        interest_pages.interest_cv,
        name="interest-cv",
    ),
    path(
        "opportunities/<str:reference>/interests/<int:pk>/withdraw/",
        interest_pages.withdraw_interest,
        name="interest-withdraw",
    ),
    path(
        "opportunities/<str:reference>/interests/<int:pk>/correct/",
        interest_pages.post_correction,
        name="interest-correct",
    ),
    path("matches/answer/<str:token>/", match_pages.employer_answer_page, name="answer-by-link"),
    path("matches/<str:reference>/", match_pages.match, name="match"),
    path(
        "matches/<str:reference>/answers/<int:pk>/", match_pages.match_answer, name="match-answer"
    ),
]
