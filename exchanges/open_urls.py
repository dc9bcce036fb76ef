"""Addresses for programs: they carry no language."""

from django.urls import path

from exchanges.views import agenda_pages

urlpatterns = [path("agenda-worker.js", agenda_pages.agenda_worker, name="agenda-worker")]
