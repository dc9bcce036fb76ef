from django.urls import path

from exchanges import views

urlpatterns = [
    path("", views.home, name="home"),
    path("my/", views.my, name="my"),
    path("exchanges/", views.exchanges, name="exchanges"),
    path("exchanges/<str:reference>/", views.exchange, name="exchange"),
]
