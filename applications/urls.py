from django.urls import path

from applications import views

urlpatterns = [
    path("apply/", views.calls, name="calls"),
    path("apply/can-we-apply/", views.can_we_apply, name="can-we-apply"),
    path("apply/<slug:slug>/", views.call, name="call"),
    path("apply/<slug:slug>/begin/", views.begin, name="begin"),
    path("dossiers/<str:reference>/", views.dossier, name="dossier"),
    path("dossiers/sign/<str:token>/", views.sign, name="sign"),
    path("dossiers/<str:reference>/signature/", views.ask_signature, name="ask-signature"),
    path("dossiers/<str:reference>/document.pdf", views.document, name="document"),
    path("dossiers/<str:reference>/copy/", views.copy, name="copy"),
    path("dossiers/<str:reference>/check/", views.check_answers, name="check-answers"),
    path("dossiers/<str:reference>/step/<str:verb>/", views.take_step, name="dossier-step"),
    path("dossiers/<str:reference>/summary/", views.approve_summary, name="approve-summary"),
    path("dossiers/<str:reference>/files/", views.add_file, name="add-file"),
    path("dossiers/<str:reference>/files/<uuid:token>/", views.file, name="file"),
    path(
        "dossiers/<str:reference>/files/<uuid:token>/remove/", views.remove_file, name="remove-file"
    ),
    path("dossiers/<str:reference>/sections/<slug:slug>/", views.section, name="section"),
    path("dossiers/<str:reference>/sections/<slug:slug>/save/", views.autosave, name="autosave"),
    path("committee/", views.committee, name="committee"),
    path("committee/<str:reference>/", views.committee_dossier, name="committee-dossier"),
    path("association/", views.association, name="association"),
]
