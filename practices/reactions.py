"""What practices do when a picture of their exchange is taken away: they lose it, too."""

from django.dispatch import receiver

from connect.transitions import record_event
from exchanges.models import Picture
from exchanges.withdrawals import picture_withdrawn
from practices.models import Photo, Practice
from practices.writing import delete_photo


@receiver(picture_withdrawn, sender=Picture)
def drop_photos(picture, actor, now, **rest):
    """Delete the copies of a picture from every practice, published ones too."""
    photos = Photo.objects.filter(picture=picture)
    practices = Practice.objects.filter(photos__in=photos).order_by("pk")
    for practice in list(practices.distinct()):
        record_event(practice, "lose_photo", actor=actor, now=now)
    for photo in list(photos):
        delete_photo(photo)
