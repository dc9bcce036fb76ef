"""An item of the agenda."""

import zoneinfo
from datetime import UTC, datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.sections.base import day_field
from connect.dates import day_after, period_words
from connect.fields import formfield
from connect.hours import HourField
from connect.pasted_values import PageField
from connect.stale_forms import StaleFormMixin
from connect.time_zones import time_zone_choices
from connect.unlikely_values import ConfirmedDoubtsMixin
from exchanges.models import Session

LONGEST_ITEM = timedelta(hours=16)  # a journey by night; an item beyond is a slip of its hours


class SessionForm(ConfirmedDoubtsMixin, StaleFormMixin, forms.ModelForm):
    """An item of the agenda, in the time of its place."""

    time_zone = forms.ChoiceField(label=_("Time zone of these hours"), choices=time_zone_choices)

    link = PageField(label=_("Link to join online"), required=False)
    day = day_field(_("Day"))
    begins = HourField(label=_("Begins at"))
    ends = HourField(
        label=_("Ends at"), help_text=_("A time before the start counts as the next day.")
    )
    field_order = [
        *("kind", "title", "theme", "day", "begins", "ends", "time_zone", "place", "link"),
        *("speakers",),
    ]

    class Meta:
        model = Session
        formfield_callback = formfield
        fields = [
            *("kind", "title", "theme", "time_zone", "place", "link", "speakers", "is_public")
        ]
        labels = {"kind": _("Kind of item")}
        help_texts = {"theme": _("For a site visit, for example: how a fee pays for the plant.")}

    def __init__(self, *args, exchange, **kwargs):
        super().__init__(*args, **kwargs)
        self.exchange = exchange
        if self.instance.pk:
            start, end = self.instance.local_start, self.instance.local_end
            self.initial.update(
                time_zone=self.instance.zone_name,
                day=start.date(),
                begins=start.time(),
                ends=end.time(),
            )
        else:
            self.instance.exchange = exchange
            last = exchange.sessions.last()
            self.initial.update(
                # What is added takes place there, also after an item in another zone.
                time_zone=exchange.zone_name,
                day=last.local_start.date() if last else exchange.planned_start,
                place=last.place if last else exchange.place,
            )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if {"day", "begins", "ends", "time_zone"} <= cleaned.keys():
            zone = zoneinfo.ZoneInfo(cleaned["time_zone"])
            # What ends at an earlier hour than it begins, ends the next day.
            next_day = day_after(
                cleaned["day"], timedelta(days=cleaned["ends"] < cleaned["begins"])
            )
            for name, column, day_there in (
                ("begins", "starts_at", cleaned["day"]),
                ("ends", "ends_at", next_day),
            ):
                local = datetime.combine(day_there, cleaned[name], zone)
                moment = local.astimezone(UTC)
                if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
                    self.add_error(name, _("This time does not exist there: clocks go forward."))
                setattr(self.instance, column, moment)
            if not self.errors and self.instance.ends_at <= self.instance.starts_at:
                self.add_error("ends", _("It must end after it begins."))
            elif not self.errors and self.instance.ends_at - self.instance.starts_at > LONGEST_ITEM:
                message = _(
                    "This would last until the next day, more than 16 hours: check "
                    "both times. If it goes on for longer, add an item on each day."
                )
                self.add_error("ends", message)
            if not self.errors and (self.instance.pk is None or "day" in self.changed_data):
                self.ask_confirmation(self.outside_errors(self.instance.day))
        return cleaned

    def outside_errors(self, day):
        """Return the error for a day outside the exchange; nothing while its days are not set."""
        first, last = self.exchange.first_day, self.exchange.last_day
        if not first or not last or first <= day <= last:
            return {}
        words = _(
            "This day is outside the exchange: %(days)s. "
            "If this is intended, tick “This is intended” below and save again."
        )
        return {"day": words % {"days": period_words(first, last)}}
