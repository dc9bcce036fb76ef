from django.urls import path

from applications.views import association, calls, committee, dossier, links, sections

urlpatterns = [
    path("apply/", calls.calls, name="calls"),
    path("apply/can-we-apply/", calls.can_we_apply, name="can-we-apply"),
    path("apply/<slug:slug>/", calls.call, name="call"),
    path("apply/<slug:slug>/form.docx", calls.paper_form, name="paper-form"),
    path("apply/<slug:slug>/form.pdf", calls.printable_form, name="printable-form"),
    path("apply/<slug:slug>/begin/", calls.begin, name="begin"),
    path("dossiers/<str:reference>/", dossier.dossier, name="dossier"),
    path("dossiers/together/<str:token>/", links.together, name="together"),
    path("dossiers/<str:reference>/together/", links.co_applicants_page, name="co-applicants"),
    path(
        "dossiers/<str:reference>/together/<int:pk>/",
        links.change_co_applicant,
        name="co-applicant",
    ),
    path("dossiers/<str:reference>/keep/", dossier.keep, name="keep-dossier"),
    path(
        "dossiers/<str:reference>/together/<int:pk>/authority/",
        links.named_as_co_applicant,
        name="co-applicant-named",
    ),
    path("dossiers/<str:reference>/contact/", dossier.become_contact, name="become-contact"),
    path("dossiers/<str:reference>/opinion/<int:pk>/", association.give_opinion, name="opinion"),
    path("dossiers/sign/<str:token>/", links.sign, name="sign"),
    path("dossiers/<str:reference>/signature/", links.ask_signature, name="ask-signature"),
    path("dossiers/<str:reference>/document.pdf", dossier.document, name="document"),
    path("dossiers/<str:reference>/copy/", dossier.copy, name="copy"),
    path("dossiers/<str:reference>/delete/", dossier.delete, name="delete-draft"),
    path("dossiers/<str:reference>/check/", dossier.check_answers, name="check-answers"),
    path("dossiers/<str:reference>/step/<str:verb>/", dossier.take_step, name="dossier-step"),
    path("dossiers/<str:reference>/summary/", dossier.approve_summary, name="approve-summary"),
    path("dossiers/<str:reference>/files/", dossier.add_file, name="add-file"),
    path("dossiers/<str:reference>/files/<uuid:token>/", dossier.file, name="file"),
    path(
        "dossiers/<str:reference>/files/<uuid:token>/kind/",
        dossier.change_file,
        name="change-file",
    ),
    path(
        "dossiers/<str:reference>/files/<uuid:token>/remove/",
        dossier.remove_file,
        name="remove-file",
    ),
    path("dossiers/<str:reference>/sections/<slug:slug>/", sections.section, name="section"),
    path("dossiers/<str:reference>/sections/<slug:slug>/save/", sections.autosave, name="autosave"),
    path("committee/", committee.committee, name="committee"),
    path("committee/<str:reference>/", committee.committee_dossier, name="committee-dossier"),
    path("association/", association.association, name="association"),
]
