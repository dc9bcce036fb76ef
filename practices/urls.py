from django.contrib.auth.decorators import login_not_required
from django.urls import path

from practices import views
from practices.catalogue import PracticeFeed

urlpatterns = [
    path("practices/", views.practices, name="practices"),
    path("practices/feed/", login_not_required(PracticeFeed()), name="practice-feed"),
    path("practices/of/<str:reference>/", views.of_exchange, name="practices-of"),
    path("practices/<slug:slug>/", views.practice, name="practice"),
    path("practices/<slug:slug>/write/<slug:language>/", views.write, name="practice-write"),
    path("practices/<slug:slug>/step/<slug:verb>/", views.step, name="practice-step"),
    path("practices/<slug:slug>/agree/", views.agree, name="practice-agree"),
    path("practices/<slug:slug>/used/", views.used, name="practice-used"),
    path("practices/<slug:slug>/contact/", views.contact, name="practice-contact"),
    path("practices/<slug:slug>/photos/", views.photos, name="practice-photos"),
    path("practices/<slug:slug>/photos/<int:pk>.jpg", views.photo, name="practice-photo"),
]
