"""The address that providers lead back to: they know one, in no language."""

from django.urls import path

from accounts import provider_views

urlpatterns = [
    path(
        "account/providers/<slug:provider_id>/return/",
        provider_views.come_back,
        name="provider-return",
    ),
]
