from django.urls import path

from impact import home, views

urlpatterns = [
    path("", home.home, name="home"),
    path("picture.png", home.home_picture, name="home-picture"),
    path("impact/", views.impact, name="impact"),
    path("association/shared/", views.shareable_page, name="association-shared"),
    path("association/shared/digest.txt", views.association_digest, name="association-digest"),
    path("impact/exchanges/", views.figure_exchanges, name="impact-exchanges"),
    path("impact/steps/", views.steps, name="impact-steps"),
    path("impact/dossiers/", views.figure_dossiers, name="impact-dossiers"),
    path("impact/figures.<slug:format>", views.figures_file, name="impact-table"),
    path("impact/report.pdf", views.donor_report, name="impact-report"),
    path("impact/data/exchanges.csv", views.exchanges_as_csv, name="open-data"),
    path("impact/data/", views.dictionary, name="data-dictionary"),
]
