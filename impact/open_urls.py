"""Addresses for programs and in e-mails: they carry no language."""

from django.urls import path, re_path

from impact import api, short_addresses, views

urlpatterns = [
    path("api/v1/docs", api.api_docs, name="api-docs"),
    # Before the library’s own, which is a page.
    path("api/v1/", views.no_such_api, name="no-such-api"),
    path("api/v1/", api.urls()),
    re_path("^api/", views.no_such_api, name="no-such-api"),
    path("iati/activities.xml", views.activities, name="iati"),
    path("r/<path:reference>", short_addresses.short_address, name="short"),
]
