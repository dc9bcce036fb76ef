from django.contrib.auth.decorators import login_not_required
from django.urls import path

from practices.listing import PracticeFeed
from practices.views import practice_pages, writing_pages

urlpatterns = [
    path("practices/", practice_pages.catalogue, name="practices"),
    path("practices/feed/", login_not_required(PracticeFeed()), name="practice-feed"),
    path("practices/of/<str:reference>/", practice_pages.of_exchange, name="practices-of"),
    path("practices/<slug:slug>/", practice_pages.practice_page, name="practice"),
    path(
        "practices/<slug:slug>/picture.png",
        practice_pages.practice_picture,
        name="practice-picture",
    ),
    path(
        "practices/<slug:slug>/write/<slug:language>/",
        writing_pages.text_page,
        name="practice-write",
    ),
    path("practices/<slug:slug>/step/<slug:verb>/", writing_pages.post_step, name="practice-step"),
    path("practices/<slug:slug>/agree/", writing_pages.post_agreement, name="practice-agree"),
    path("practices/<slug:slug>/used/", practice_pages.post_use, name="practice-used"),
    path(
        "practices/<slug:slug>/contact/",
        practice_pages.post_message_to_town,
        name="practice-contact",
    ),
    path(
        "practices/<slug:slug>/withdraw/",
        writing_pages.withdraw_photo_page,
        name="practice-withdraw",
    ),
    path("practices/<slug:slug>/photos/", writing_pages.photos_page, name="practice-photos"),
    path(
        "practices/<slug:slug>/photos/<int:pk>.jpg",
        practice_pages.practice_photo,
        name="practice-photo",
    ),
]
