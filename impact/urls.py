from django.urls import path

from impact import home, views

urlpatterns = [
    path("", home.home, name="home"),
    path("impact/", views.impact, name="impact"),
    path("association/shared/", views.association, name="association-shared"),
    path("association/shared/digest.txt", views.association_digest, name="association-digest"),
    path("impact/exchanges/", views.exchanges, name="impact-exchanges"),
    path("impact/steps/", views.steps, name="impact-steps"),
    path("impact/dossiers/", views.dossiers, name="impact-dossiers"),
    path("impact/figures.<slug:format>", views.table, name="impact-table"),
    path("impact/report.pdf", views.report, name="impact-report"),
    path("impact/data/exchanges.csv", views.exchanges_as_csv, name="open-data"),
    path("impact/data/", views.dictionary, name="data-dictionary"),
]
