"""The addresses that search engines shall know: public pages, in every language (sitemaps.org).

Experts' pages are for people who look for a peer here, and not for search engines.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from applications.models import Call
from matching.models import Opportunity
from practices.models import Practice

HOUR = 3600


class Pages(Sitemap):
    """What is public of one kind, in each language of the site."""

    protocol = settings.SITE_URL.partition("://")[0]
    i18n = alternates = x_default = True


class FixedPages(Pages):
    def items(self):
        return [
            *("home", "calls", "can-we-apply", "opportunities", "practices", "authorities"),
            *("impact", "events", "privacy", "api-docs"),
        ]

    def location(self, item):
        return reverse(item)


class Calls(Pages):
    def items(self):
        return Call.objects.filter(opens_at__lte=timezone.now()).order_by("pk")


class Requests(Pages):
    def items(self):
        opened = Opportunity.objects.open(timezone.localdate())
        return opened.select_related("dossier").order_by("pk")

    def lastmod(self, opportunity):
        return opportunity.extended_at or opportunity.published_at


class Practices(Pages):
    def items(self):
        return Practice.objects.published().order_by("pk")

    def lastmod(self, practice):
        return practice.published_at


@require_safe
@login_not_required
@cache_control(public=True, max_age=HOUR)
def robots(request):
    """Tell search engines where the sitemap is; of a demonstration nothing shall be found."""
    if settings.DEMO:
        lines = ["Disallow: /"]
    else:
        lines = ["Disallow: /admin/", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(["User-agent: *", *lines, ""]), content_type="text/plain")


SITEMAPS = {"pages": FixedPages, "calls": Calls, "requests": Requests, "practices": Practices}
urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path(
        "sitemap.xml",
        login_not_required(cache_control(public=True, max_age=HOUR)(sitemap)),
        {"sitemaps": SITEMAPS},
        name="sitemap",
    ),
]
