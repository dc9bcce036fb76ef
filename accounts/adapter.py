"""allauth's letters go through the outbox, like every other."""

import uuid

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone, translation

from notifications.models import Letter


class Adapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix, email, context):
        """Write the letter now, in the language of the page; a worker sends it.

        It may hold a one-time code, so its text is wiped from the table once it has left.
        """
        message = self.render_mail(template_prefix, email, context)
        Letter.objects.create(
            key=f"account:{uuid.uuid4()}",
            template=template_prefix[:60],
            address=email,
            language=translation.get_language() or "en",
            subject=" ".join(message.subject.split())[:300],
            body=message.body,
            is_secret=True,
            not_before=timezone.now(),
        )
