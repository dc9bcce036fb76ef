"""The site's addresses (docs/architecture.md). Pages carry their language; health does not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from connect import metrics, reading_views, views

desk = login_not_required(RedirectView.as_view(url="/admin/", query_string=True))
handler404 = "connect.moved_on_forms.not_found"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("translations/<str:key>/", reading_views.take_answer, name="translation-answer"),
    path("", include("accounts.open_urls")),
    path("", include("exchanges.open_urls")),
    path("", include("impact.open_urls")),
    path("", include("impact.sitemaps")),
    path("favicon.ico", views.favicon, name="favicon"),
    *i18n_patterns(
        # The desk speaks the language of its officer's account: its addresses carry none. Only
        # its first page: what is not found there would be sought under a language, and back.
        path("admin/", desk, name="desk"),
        path("reading-help/", reading_views.reading_help, name="reading-help"),
        path("", include("impact.urls")),
        path("", include("practices.urls")),
        path("", include("exchanges.urls")),
        path("", include("matching.urls")),
        path("", include("applications.urls")),
        path("", include("registry.urls")),
        path("", include("accounts.urls")),
        path("", include("notifications.urls")),
        path("account/", include("allauth.account.urls")),
        path("account/2fa/", include("allauth.mfa.urls")),
    ),
]
