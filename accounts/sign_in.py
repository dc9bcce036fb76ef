"""Allauth's forms by which one signs in, with our counts of tries."""

from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm, SignupForm
from allauth.core import context
from allauth.mfa.base import forms as mfa
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import limits

TOO_MANY_LETTERS = _(
    "Several e-mails have been asked for, to this address or from your network. Use the last one, "
    "or wait: a minute, and after many of them an hour or a day."
)


class CountsLetters(forms.BaseForm):
    """Counts letters and answers the same whether the address is known, before any row is written.

    What is wrong otherwise sends no letter, and is not counted.
    """

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            if not limits.begin_try(limits.LETTERS, context.request, self.cleaned_data["email"]):
                refusal = forms.ValidationError(TOO_MANY_LETTERS, code="too_many_letters")
                self.add_error("email", refusal)
            context.request.is_letter_counted = True  # see the adapter
        return cleaned


class AskForCode(CountsLetters, RequestLoginCodeForm):
    pass


class AskForReset(CountsLetters, ResetPasswordForm):
    pass


class SignUp(CountsLetters, SignupForm):
    pass


class CountsCodes(mfa.BaseAuthenticateForm):
    def clean_code(self):
        tried = limits.begin_try(limits.CODES, context.request, f"user {self.user.pk}", self.user)
        if tried is None:
            raise forms.ValidationError(limits.TOO_MANY, code="too_many_login_attempts")
        code = super().clean_code()
        tried.rollback()
        return code


class GiveCode(CountsCodes, mfa.AuthenticateForm):
    pass


class GiveCodeAgain(CountsCodes, mfa.ReauthenticateForm):
    pass
