"""Allauth's forms of passkeys (WebAuthn), in our words."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 100  # characters


class PasskeyNameMixin(forms.BaseForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name of the passkey"),
            max_length=LONGEST_NAME,
            required=self.fields["name"].required,
            help_text=_("So that you recognise it later. Example: work laptop"),
        )


class AddPasskey(PasskeyNameMixin, AddWebAuthnForm):
    """Asks for one that signs in alone: the device asks for a finger, a face or a PIN."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""
        self.fields["passwordless"] = forms.BooleanField(
            initial=True, widget=forms.CheckboxInput(attrs={"hidden": True}), required=False
        )


class RenamePasskey(PasskeyNameMixin, EditWebAuthnForm):
    pass
