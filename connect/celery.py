"""The Celery application: `celery -A connect.celery worker` and `beat`."""

import os

from celery import Celery

# A machine runs a worker a core: each multiplies on its own, and no pool of threads that a
# library keeps has to survive the fork of a worker's child.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
app = Celery("connect")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
