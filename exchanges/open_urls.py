"""Addresses for programs: they carry no language."""

from django.urls import path

from exchanges.views import planning

urlpatterns = [path("agenda-worker.js", planning.agenda_worker, name="agenda-worker")]
