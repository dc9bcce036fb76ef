from django.urls import path

from connect.double_posts import adds_once
from registry.views import authority_pages, expert_pages, membership_pages, topic_pages

urlpatterns = [
    path("world.svg", authority_pages.world, name="world"),
    path("authorities/", authority_pages.authorities, name="authorities"),
    path("authorities/<slug:slug>/", authority_pages.authority, name="authority"),
    path("topics/", topic_pages.topics, name="topics"),
    path("experts/", authority_pages.experts, name="experts"),
    path("experts/agree/<str:token>/", expert_pages.superior_answer_page, name="employer-agrees"),
    path("experts/free/<str:token>.ics", expert_pages.calendar, name="availability"),
    path("experts/<slug:slug>/photo.jpg", expert_pages.expert_photo, name="photo"),
    path("experts/<slug:slug>/", expert_pages.expert, name="expert"),
    path("account/memberships/", membership_pages.memberships, name="memberships"),
    path(
        "account/memberships/propose/",
        adds_once(membership_pages.propose_authority_page),
        name="propose-authority",
    ),
    path(
        "account/memberships/join/<slug:kind>/<slug:key>/", membership_pages.join_page, name="join"
    ),
    path(
        "account/memberships/<int:pk>/decide/",
        membership_pages.post_decision,
        name="membership-decide",
    ),
    path(
        "account/memberships/<int:pk>/leave/",
        membership_pages.post_leaving,
        name="membership-leave",
    ),
    path("account/expert/", expert_pages.profile, name="profile"),
    path("account/expert/confirm/", expert_pages.post_confirmation, name="profile-confirm"),
    path("account/expert/topic/", expert_pages.post_topic, name="profile-topic"),
    path("account/expert/employer/", expert_pages.ask_employer, name="profile-employer"),
    path("account/expert/calendar/", expert_pages.give_calendar, name="profile-calendar"),
    path("account/offers/new/", adds_once(expert_pages.offer), name="offer-new"),
    path("account/offers/<int:pk>/", expert_pages.offer, name="offer"),
    path("account/offers/<int:pk>/<slug:verb>/", expert_pages.offer_step, name="offer-step"),
]
