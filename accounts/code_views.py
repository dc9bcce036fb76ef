"""Allauth's pages that ask for a code, with our count of the codes that are sent again."""

from typing import Any

from allauth.account.views import ConfirmEmailVerificationCodeView, ConfirmLoginCodeView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseRedirect

from accounts import limits
from accounts.sign_in import TOO_MANY_LETTERS


class SentCodesLimitMixin:
    """Counts codes whether the address is known or not: a refusal does not tell which it is."""

    request: HttpRequest
    _process: Any

    def _resend_form_valid(self, form):
        if limits.begin_try(limits.LETTERS, self.request, self._process.state["email"]) is None:
            messages.error(self.request, TOO_MANY_LETTERS)
            return HttpResponseRedirect(self.request.get_full_path())
        self.request.is_letter_counted = True  # type: ignore[attr-defined]  # see the adapter
        return super()._resend_form_valid(form)  # type: ignore[misc]  # of allauth's views


class ConfirmSignInView(SentCodesLimitMixin, ConfirmLoginCodeView):
    pass


class ConfirmAddressView(SentCodesLimitMixin, ConfirmEmailVerificationCodeView):
    pass


confirm_sign_in = login_not_required(ConfirmSignInView.as_view())
confirm_address = login_not_required(ConfirmAddressView.as_view())
