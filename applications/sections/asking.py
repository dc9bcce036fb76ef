"""Who is asking: the contact, the legal representative, the association behind them."""

from operator import attrgetter

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.sections.base import SectionForm, text_field
from connect.fields import BLANK, get_field
from connect.languages import sort_alphabetically
from connect.letter_language import LetterLanguageField, guess_language
from connect.names import check_function, check_name
from connect.pasted_values import LineField, MailboxField, TelephoneField
from registry.addresses import domain_of, is_for_anybody
from registry.models import Association


class ContactSection(SectionForm):
    slug, title = "contact", _("Contact and legal representative")
    optional = frozenset({"focal_phone", "legal_language"})

    focal_name = LineField(
        label=_("Name of the contact person"),
        help_text=_("Example: Efua Owusu-Ansah."),
        max_length=150,
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    focal_function = LineField(
        label=_("Their function"),
        help_text=_("Example: head of sanitation."),
        max_length=120,
        validators=[check_function],
    )
    focal_email = MailboxField(
        label=_("Their official e-mail address"), help_text=_("Example: name@town.example.")
    )
    focal_phone = TelephoneField(label=_("Their telephone"))
    focal_language = forms.ChoiceField(
        label=_("Language of our e-mails to them"), choices=BLANK + settings.LANGUAGES
    )
    legal_name = LineField(
        label=_("Name of the legal representative"),
        help_text=_("The mayor, the president of the council or the secretary general."),
        max_length=150,
        validators=[check_name],
    )
    legal_function = LineField(
        label=_("Title of the representative"),
        help_text=_("Example: mayor."),
        max_length=120,
        validators=[check_function],
    )
    legal_email = MailboxField(
        label=_("E-mail address of the representative"),
        help_text=_("The link to sign is sent there. Example: mayor@town.example."),
    )
    legal_language = LetterLanguageField(_("Language of our e-mails to the representative"))

    def prepare(self):
        if self.dossier:
            country = str(self.dossier.authority.country)
            get_field(self, "focal_phone", TelephoneField).country = country
            self.initial["legal_language"] = guess_language(country, self.dossier.language)

    def apply(self, dossier):
        """Write the columns; who represents the authority still is written to as before."""
        before = dossier.representative
        columns = super().apply(dossier)
        if not dossier.legal_language:
            is_same = before.address == dossier.legal_email
            country = str(dossier.authority.country)
            dossier.legal_language = (
                before.language if is_same else guess_language(country, dossier.language)
            )
        return columns

    def collect_warnings(self):
        email = self.cleaned_data.get("focal_email") or ""
        authority = self.dossier.authority if self.dossier else None
        if email and is_for_anybody(domain_of(email)):
            self.warn("focal_email", _("This is a free address: an official one is safer."))
        elif (
            email and authority and authority.email_domains and not authority.owns_domain_of(email)
        ):
            self.warn("focal_email", _("This is not an address of your authority's own domain."))
        if email and email == self.cleaned_data.get("legal_email"):
            self.warn("legal_email", _("Contact and representative are usually two persons."))


class AssociationSection(SectionForm):
    slug, title = "association", _("Your association")
    intro = _(
        "The association of local and regional authorities of your country is told "
        "of your application, can give its opinion, and takes part in the exchange."
    )

    association = forms.ChoiceField(label=_("Association that supports you"), choices=list)
    association_none = text_field(
        _("If there is none, explain here"),
        0,
        300,
        _("Example: there is no association of districts in our country."),
        rows=2,
    )
    optional = frozenset({"association", "association_none"})

    def prepare(self):
        country = self.dossier.authority.country if self.dossier else None
        known = Association.objects.filter(country=country) if country else []
        self.associations = BLANK + [
            (str(one.pk), f"{one.name} ({one.acronym})" if one.acronym else one.name)
            for one in sort_alphabetically(known, attrgetter("name"))
        ]
        get_field(self, "association", forms.ChoiceField).choices = self.associations
        if len(self.associations) == len(BLANK):
            self.intro = _(
                "We know of no association of local and regional authorities in your country. If "
                "one supports you, name it: the programme team writes to it."
            )
            self.fields["association"].widget = forms.HiddenInput()
            self.fields["association_none"].label = _("Association that supports you, if any")
            self.fields["association_none"].help_text = ""

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("association") and cleaned.get("association_none"):
            message = _("You chose an association: choose none, or empty this.")
            self.add_error("association_none", ValidationError(message, code="both"))
        answered = cleaned.get("association") or cleaned.get("association_none")
        if self.complete and not answered and len(self.associations) > 1:
            message = _("Choose your association, or say why none supports you.")
            self.add_error("association", ValidationError(message, code="required"))
        return cleaned

    def apply(self, dossier):
        dossier.association_none = self.cleaned_data.get("association_none", "")
        dossier.association_id = self.cleaned_data.get("association") or None
        return ["association_none", "association"]
