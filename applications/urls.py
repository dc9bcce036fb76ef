from django.urls import path

from applications.views import (
    association_pages,
    call_pages,
    co_signer_pages,
    committee_pages,
    contributor_pages,
    dossier_pages,
    file_pages,
    meeting_pages,
    receipt_page,
    section_pages,
)

urlpatterns = [
    path("apply/", call_pages.calls_page, name="calls"),
    path("apply/can-we-apply/", call_pages.can_we_apply, name="can-we-apply"),
    path("apply/<slug:slug>/", call_pages.call, name="call"),
    path("apply/<slug:slug>/form.docx", call_pages.paper_form, name="paper-form"),
    path("apply/<slug:slug>/form.pdf", call_pages.printable_form, name="printable-form"),
    path("apply/<slug:slug>/begin/", call_pages.begin_page, name="begin"),
    path("dossiers/<str:reference>/", dossier_pages.dossier, name="dossier"),
    path(
        "dossiers/together/<str:token>/", co_signer_pages.co_applicant_answer_page, name="together"
    ),
    path(
        "dossiers/<str:reference>/together/",
        co_signer_pages.co_applicants_page,
        name="co-applicants",
    ),
    path(
        "dossiers/<str:reference>/together/<int:pk>/",
        co_signer_pages.change_co_applicant,
        name="co-applicant",
    ),
    path(
        "dossiers/<str:reference>/keep/", dossier_pages.post_longer_retention, name="keep-dossier"
    ),
    path(
        "dossiers/<str:reference>/together/<int:pk>/authority/",
        co_signer_pages.named_as_co_applicant,
        name="co-applicant-named",
    ),
    path(
        "dossiers/<str:reference>/contact/",
        dossier_pages.post_contact_change,
        name="become-contact",
    ),
    path(
        "dossiers/<str:reference>/representative/",
        dossier_pages.change_representative_page,
        name="change-representative",
    ),
    path(
        "dossiers/<str:reference>/opinion/<int:pk>/", association_pages.give_opinion, name="opinion"
    ),
    path("dossiers/contribute/<str:token>/", contributor_pages.join_page, name="contribute-join"),
    path("dossiers/<str:reference>/write/", contributor_pages.contribute, name="contribute"),
    path(
        "dossiers/<str:reference>/colleagues/",
        contributor_pages.contributors_page,
        name="contributors",
    ),
    path(
        "dossiers/<str:reference>/colleagues/<int:pk>/",
        contributor_pages.post_contributor_removal,
        name="remove-contributor",
    ),
    path("dossiers/sign/<str:token>/", co_signer_pages.sign_page, name="sign"),
    path(
        "dossiers/sign/<str:token>/files/<uuid:key>/", co_signer_pages.sign_file, name="sign-file"
    ),
    path(
        "dossiers/<str:reference>/signature/", co_signer_pages.ask_signature, name="ask-signature"
    ),
    path("dossiers/<str:reference>/document.pdf", file_pages.dossier_document, name="document"),
    path("dossiers/<str:reference>/receipt/", receipt_page.receipt, name="dossier-receipt"),
    path("dossiers/<str:reference>/copy/", dossier_pages.copy_dossier_page, name="copy"),
    path("dossiers/<str:reference>/delete/", dossier_pages.delete_draft_page, name="delete-draft"),
    path("dossiers/<str:reference>/check/", dossier_pages.check_answers, name="check-answers"),
    path("dossiers/<str:reference>/step/<str:verb>/", dossier_pages.take_step, name="dossier-step"),
    path(
        "dossiers/<str:reference>/summary/",
        dossier_pages.post_summary_approval,
        name="approve-summary",
    ),
    path("dossiers/<str:reference>/files/", file_pages.post_files, name="add-file"),
    path(
        "dossiers/<str:reference>/files/withdraw/",
        file_pages.withdraw_file_page,
        name="withdraw-file",
    ),
    path("dossiers/<str:reference>/files/<uuid:token>/", file_pages.file, name="file"),
    path(
        "dossiers/<str:reference>/files/<uuid:token>/kind/",
        file_pages.post_file_change,
        name="change-file",
    ),
    path(
        "dossiers/<str:reference>/files/<uuid:token>/remove/",
        file_pages.post_file_removal,
        name="remove-file",
    ),
    path("dossiers/<str:reference>/sections/<slug:slug>/", section_pages.section, name="section"),
    path(
        "dossiers/<str:reference>/sections/<slug:slug>/save/",
        section_pages.post_autosave,
        name="autosave",
    ),
    path("committee/", committee_pages.committee_page, name="committee"),
    path("committee/meetings/<int:pk>/", meeting_pages.committee_meeting, name="committee-meeting"),
    path(
        "committee/meetings/<int:pk>/minutes.pdf",
        meeting_pages.committee_minutes,
        name="committee-minutes",
    ),
    path("committee/<str:reference>/", committee_pages.committee_dossier, name="committee-dossier"),
    path(
        "committee/<str:reference>/commitment/",
        committee_pages.committee_commitment,
        name="committee-commitment",
    ),
    path("association/", association_pages.member_dossiers, name="association"),
]
