"""The words of a letter, as staff change them."""

from django import forms
from django.core.exceptions import ValidationError

from connect.fields import formfield
from connect.stale_forms import StaleFormMixin
from notifications import texts
from notifications.models import LetterText


class LetterTextForm(StaleFormMixin, forms.ModelForm):
    edits_saved = True  # the text in use, ours or another officer's

    class Meta:
        model = LetterText
        formfield_callback = formfield
        fields = ["subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 14})}

    def __init__(self, *args, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.name = name

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors:
            try:
                texts.check_letter_text(self.name, cleaned["subject"], cleaned["body"])
            except ValidationError as wrong:
                self.add_error(None, wrong)
        return cleaned
