"""The Celery application: `celery -A connect.celery worker` and `beat`."""

import os

from celery import Celery
from kombu.transport.redis import Channel

# A machine runs a worker a core: each multiplies on its own, and no pool of threads that a
# library keeps has to survive the fork of a worker's child.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
# A broker that goes away ends the whole worker where it tries to hand messages back to it (kombu
# 5.7). Ours only say "look": what is to be done stands in the database, and beat asks again.
Channel.do_restore = False
app = Celery("connect")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
