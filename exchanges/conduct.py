"""The code of conduct of the programme, which everybody who takes part signs."""

from django.utils.translation import gettext_lazy as _

CONDUCT = [
    _("I treat everybody I meet with respect, whoever they are and whatever they believe."),
    _("I harass nobody, by words, by touch or otherwise, and I help whoever is harassed."),
    _("I am never alone with a child, and I take no picture of one without its parents’ consent."),
    _("I offer and accept no money, gift or favour that could sway a decision."),
    _("I keep to the law of the place and to what my hosts say about safety."),
    _("I keep to myself what I was told in confidence, and I show nobody’s picture unasked."),
    _("I tell the programme at once of anything that goes against this."),
]
