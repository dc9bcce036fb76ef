from django.urls import path

from connect.double_posts import adds_once
from registry import expert_views, views

urlpatterns = [
    path("world.svg", views.world, name="world"),
    path("authorities/", views.authorities, name="authorities"),
    path("authorities/<slug:slug>/", views.authority, name="authority"),
    path("experts/", views.experts, name="experts"),
    path("experts/agree/<str:token>/", expert_views.agree, name="employer-agrees"),
    path("experts/free/<str:token>.ics", expert_views.calendar, name="availability"),
    path("experts/<slug:slug>/photo.jpg", expert_views.photo, name="photo"),
    path("experts/<slug:slug>/", expert_views.expert, name="expert"),
    path("account/memberships/", views.memberships, name="memberships"),
    path("account/memberships/propose/", adds_once(views.propose), name="propose-authority"),
    path("account/memberships/join/<slug:kind>/<slug:key>/", views.join, name="join"),
    path("account/memberships/<int:pk>/decide/", views.decide, name="membership-decide"),
    path("account/memberships/<int:pk>/leave/", views.leave, name="membership-leave"),
    path("account/expert/", expert_views.profile, name="profile"),
    path("account/expert/confirm/", expert_views.confirm, name="profile-confirm"),
    path("account/expert/topic/", expert_views.add_topic, name="profile-topic"),
    path("account/expert/employer/", expert_views.ask_employer, name="profile-employer"),
    path("account/expert/calendar/", expert_views.give_calendar, name="profile-calendar"),
    path("account/offers/new/", adds_once(expert_views.offer), name="offer-new"),
    path("account/offers/<int:pk>/", expert_views.offer, name="offer"),
    path("account/offers/<int:pk>/<slug:verb>/", expert_views.offer_step, name="offer-step"),
]
