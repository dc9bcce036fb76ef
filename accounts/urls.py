from django.urls import path

from accounts import demo, privacy, views

urlpatterns = [
    path("privacy/", privacy.privacy, name="privacy"),
    path("account/", views.person, name="account"),
    path("account/sessions/", views.own_sessions, name="sessions"),
    path("account/session/", views.session, name="session"),
    path("demo/", demo.demo, name="demo"),
    path("demo/sign-in/", demo.demo_sign_in, name="demo-sign-in"),
    path("demo/mail/", demo.mail, name="demo-mail"),
]
