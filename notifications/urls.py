from django.urls import path

from notifications import views

urlpatterns = [
    path("account/letters/", views.letters, name="letters"),
    path("letters/pause/<str:token>/", views.pause_by_link, name="pause"),
]
