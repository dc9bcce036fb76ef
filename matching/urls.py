from django.urls import path

from matching import views

urlpatterns = [
    path("opportunities/", views.opportunities, name="opportunities"),
    path("opportunities/<str:reference>/", views.opportunity, name="opportunity"),
    path("opportunities/<str:reference>/answer/", views.answer, name="answer"),
    path("opportunities/<str:reference>/interests/<int:pk>/", views.interest, name="interest"),
    path(
        "opportunities/<str:reference>/interests/<int:pk>/withdraw/",
        views.withdraw_interest,
        name="interest-withdraw",
    ),
    path("matches/answer/<str:token>/", views.answer_by_link, name="answer-by-link"),
    path("matches/<str:reference>/", views.match, name="match"),
    path("matches/<str:reference>/answers/<int:pk>/", views.match_answer, name="match-answer"),
]
