"""The project: settings, addresses, jobs, headers, health. It knows no app's rules."""

from connect.celery import app as celery_app

__all__ = ["celery_app"]
