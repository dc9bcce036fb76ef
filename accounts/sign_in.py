"""Allauth's forms by which one signs in, with our counts of tries."""

from allauth.account.forms import (
    AddEmailForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    SignupForm,
)
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.socialaccount import forms as providers
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import limits
from connect.pasted_values import MailboxField

TOO_MANY_LETTERS = _(
    "Several e-mails have been asked for, to this address or from your network. Use the last one, "
    "or wait: a minute, and after many of them an hour or a day."
)


class AddressFieldMixin(forms.BaseForm):
    """Reads an e-mail address as every other page does, however it was copied."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.EmailField):
                self.fields[name] = MailboxField(
                    label=field.label, required=field.required, widget=field.widget
                )


class SignIn(AddressFieldMixin, LoginForm):
    pass


class AddAddress(AddressFieldMixin, AddEmailForm):
    pass


class LetterLimitMixin(AddressFieldMixin):
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


class AskForCode(LetterLimitMixin, RequestLoginCodeForm):
    pass


class AskForReset(LetterLimitMixin, ResetPasswordForm):
    pass


class SignUp(LetterLimitMixin, SignupForm):
    pass


class SignUpByProvider(LetterLimitMixin, providers.SignupForm):
    pass


class CodeLimitMixin(mfa.BaseAuthenticateForm):
    def clean_code(self):
        tried = limits.begin_try(limits.CODES, context.request, f"user {self.user.pk}", self.user)
        if tried is None:
            raise forms.ValidationError(limits.TOO_MANY, code="too_many_login_attempts")
        code = super().clean_code()
        tried.rollback()
        return code


class GiveCode(CodeLimitMixin, mfa.AuthenticateForm):
    pass


class GiveCodeAgain(CodeLimitMixin, mfa.ReauthenticateForm):
    pass
