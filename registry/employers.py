"""An employer's agreement in principle, asked once by a link and kept with the profile."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import limits
from notifications.outbox import cancel_letters, post_letter
from registry.models import Expert
from registry.profiles import refuse_if_left


@transaction.atomic
def ask_superior(expert, *, user, now=None):
    """Send the expert's superior a link; at most once a day.

    Raises ValidationError where the profile does not name one, and for who has left: the superior
    there is theirs no more.
    """
    now = now or timezone.now()
    if expert.user_id != user.pk:
        raise PermissionDenied
    refuse_if_left(expert)
    if not expert.employer_email:
        raise ValidationError(_("First name your superior in your profile."), code="nobody")
    limits.count_message(
        "employer", actor=user, address=expert.employer_email, about=expert, now=now
    )
    expert.employer_asked_at = now
    if expert.employer_agrees is False:  # they may think again, and the page says that it waits
        expert.employer_agrees = expert.employer_answered_at = None
    expert.save(update_fields=["employer_asked_at", "employer_agrees", "employer_answered_at"])
    written = post_letter(
        "employer_asked",
        key=f"employer:{expert.pk}:{timezone.localdate(now):%Y%m%d}",
        concerns=expert,
        to=[expert.superior],
        path=expert.PAGE,
        opens=expert,
        anew=True,
        person=expert.user.name,
        function=expert.function_title,
        authority=expert.authority.name,
    )
    if not written:
        message = _("We have written to %s today: you can write again tomorrow.")
        raise ValidationError(message % expert.employer_name, code="today")


@transaction.atomic
def answer_as_superior(expert, *, agrees, now=None):
    """Save the superior's answer by link, and tell the expert; it can be changed."""
    now = now or timezone.now()
    expert = Expert.objects.select_for_update(of=("self",)).get(pk=expert.pk)
    is_news = expert.employer_agrees is not agrees
    expert.employer_agrees, expert.employer_answered_at = agrees, now
    expert.save(update_fields=["employer_agrees", "employer_answered_at"])
    if is_news:
        cancel_letters(expert, "employer_answered", now=now)
        post_letter(
            "employer_answered",
            key=f"employer:{expert.pk}:answer:{now.timestamp():.0f}",
            concerns=expert,
            to=[expert.user],
            path=f"/experts/{expert.slug}/",
            now=now,
            person=expert.employer_name,
            agrees=agrees,
        )
