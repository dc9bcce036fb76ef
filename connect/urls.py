"""The site's addresses (docs/architecture.md). Pages carry their language; health does not."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from connect import views

handler404 = "connect.moved_on.not_found"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("exchanges.open_urls")),
    path("", include("impact.open_urls")),
    *i18n_patterns(
        path("", include("impact.urls")),
        path("", include("practices.urls")),
        path("", include("exchanges.urls")),
        path("", include("matching.urls")),
        path("", include("applications.urls")),
        path("", include("registry.urls")),
        path("", include("accounts.urls")),
        path("", include("notifications.urls")),
        path("account/", include("allauth.urls")),
    ),
]
