from django.urls import path

from accounts import accessibility, code_views, data_views, demo, privacy, provider_views, views

urlpatterns = [
    path("privacy/", privacy.privacy, name="privacy"),
    path("accessibility/", accessibility.accessibility, name="accessibility"),
    path("account/", views.person, name="account"),
    path("account/sessions/", views.own_sessions, name="sessions"),
    path("account/session/", views.session_status, name="session"),
    path("account/providers/", provider_views.own_providers, name="socialaccount_connections"),
    path("account/providers/sign-up/", provider_views.sign_up, name="socialaccount_signup"),
    path("account/providers/<slug:provider_id>/", provider_views.start, name="provider"),
    path("account/data/", data_views.my_data, name="my-data"),
    path("account/data/<int:pk>/", data_views.my_copy, name="my-copy"),
    path("account/close/", data_views.close_account, name="close-account"),
    # These take the place of allauth's own.
    path(
        "account/login/code/confirm/", code_views.confirm_sign_in, name="account_confirm_login_code"
    ),
    path(
        "account/confirm-email/", code_views.confirm_address, name="account_email_verification_sent"
    ),
    path("data/", data_views.ask_for_data, name="data"),
    path("data/open/<str:token>/", data_views.data_open, name="data-open"),
    path("data/mine/", data_views.data_mine, name="data-mine"),
    path("data/mine/<int:pk>/", data_views.data_mine_copy, name="data-mine-copy"),
    path("data/keep/<str:token>/", data_views.cancel_closing_page, name="data-keep"),
    path("demo/", demo.demo, name="demo"),
    path("demo/sign-in/", demo.demo_sign_in, name="demo-sign-in"),
    path("demo/mail/", demo.mailbox, name="demo-mail"),
    path("demo/letters/", demo.sample_letters_page, name="demo-letters"),
]
