"""The job that says that jobs are done at all."""

from celery import shared_task
from django.utils import timezone

from connect import work


@shared_task
def beat():
    work.beat(timezone.now())
