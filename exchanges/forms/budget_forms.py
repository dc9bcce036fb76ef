"""A line of the budget."""

from django import forms
from django.utils.translation import gettext_lazy as _

from connect.currencies import CurrencyField
from connect.fields import formfield, get_field
from connect.numbers import QuantityField
from connect.stale_forms import StaleFormMixin
from exchanges.models import BudgetLine


class BudgetLineForm(StaleFormMixin, forms.ModelForm):
    currency = CurrencyField(
        label=_("Currency"),
        help_text=_("Three letters, for example EUR or GHS. Rates are InforEuro's."),
    )
    quantity = QuantityField(label=_("Quantity"), min_value=0, max_digits=8, decimal_places=2)
    unit_cost = QuantityField(label=_("Unit cost"), min_value=0, max_digits=12, decimal_places=2)
    spent = QuantityField(
        label=_("Amount spent, once known"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
    )
    bill = forms.FileField(
        label=_("Bill or receipt"),
        help_text=_(
            "A PDF, or a picture as JPEG, PNG or HEIC, 10 MB at most; it replaces the previous one."
        ),
        required=False,
    )

    class Meta:
        model = BudgetLine
        formfield_callback = formfield
        fields = [
            *("category", "label", "unit", "quantity", "unit_cost", "currency"),
            *("lodging_given", "meals_given", "payer", "spent"),
        ]
        help_texts = {
            "payer": _(
                "What the other side pays can be entered only by them or by the programme team."
            )
        }

    def __init__(self, *args, prior=None, **kwargs):
        """prior: the exchange whose last line says in which currency one counts."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("currency", "EUR")
        exchange = prior or self.instance.exchange
        # Either side may write any line: where “$” is two currencies for them, it is asked.
        helping = exchange.match.interests.values_list("authority__country", flat=True)
        countries = (exchange.dossier.authority.country, *helping)
        get_field(self, "currency", CurrencyField).countries = tuple(map(str, countries))
        if last := prior and prior.budget.order_by("pk").last():
            self.initial["currency"] = last.currency
