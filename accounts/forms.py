"""What a person says of themselves."""

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignupForm(forms.Form):
    """Beside the address and the password that allauth asks for."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request, user):
        user.name = self.cleaned_data["name"]
        language = translation.get_language()
        user.language = language if language in dict(settings.LANGUAGES) else "en"
        user.save(update_fields=["name", "language"])


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "phone"]
