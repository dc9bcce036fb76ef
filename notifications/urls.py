from django.urls import path

from notifications import views

urlpatterns = [
    path("account/letters/", views.letters, name="letters"),
    path("my/calendar/", views.post_work_calendar, name="my-calendar"),
    path("my/calendar/<str:token>.ics", views.work_calendar_page, name="work-calendar"),
    path("letters/links/<int:pk>/withdraw/", views.withdraw_link, name="withdraw-link"),
    path("letters/pause/<str:token>/", views.pause_by_link, name="pause"),
]
