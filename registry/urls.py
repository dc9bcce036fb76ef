from django.urls import path

from registry import views

urlpatterns = [
    path("authorities/", views.authorities, name="authorities"),
    path("authorities/<slug:slug>/", views.authority, name="authority"),
    path("experts/", views.experts, name="experts"),
    path("experts/<slug:slug>/", views.expert, name="expert"),
    path("account/memberships/", views.memberships, name="memberships"),
    path("account/memberships/join/<slug:kind>/<slug:key>/", views.join, name="join"),
    path("account/memberships/<int:pk>/decide/", views.decide, name="membership-decide"),
    path("account/memberships/<int:pk>/leave/", views.leave, name="membership-leave"),
    path("account/expert/", views.profile, name="profile"),
    path("account/offers/new/", views.offer, name="offer-new"),
    path("account/offers/<int:pk>/", views.offer, name="offer"),
    path("account/offers/<int:pk>/<slug:verb>/", views.offer_step, name="offer-step"),
]
