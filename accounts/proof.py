"""What an account loses when its address is proved: ways in of whoever began it unproved.

Anybody may sign up with the address of another, and leave without the code. Whoever proves the
address later owns the account, and alone: they know nothing of what was put there before them.
"""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.socialaccount.models import SocialAccount
from django.dispatch import receiver

from accounts.providers import remove_account


@receiver(email_confirmed)
def drop_ways_of_others(sender, request, email_address, **kwargs):
    """Drop providers and the password that this session has not used, at the first proof.

    The code of a sign-up drops no password: only the browser that chose it asks for that code.
    A code to sign in says nothing of who chose it.
    """
    user = email_address.user
    proved = EmailAddress.objects.filter(user=user, verified=True).exclude(pk=email_address.pk)
    if request.user == user or proved.exists():
        return
    used = {record["method"] for record in get_authentication_records(request, user)}
    if "socialaccount" not in used:
        for account in SocialAccount.objects.filter(user=user):
            remove_account(request, account)
    if "code" in used and "password" not in used:
        user.set_unusable_password()
        user.save(update_fields=["password"])
