"""Addresses for programs: they carry no language."""

from django.urls import path

from impact import api, views

urlpatterns = [
    path("api/v1/docs", views.api_docs, name="api-docs"),
    path("api/v1/", api.urls()),
    path("iati/activities.xml", views.activities, name="iati"),
]
