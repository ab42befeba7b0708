"""The addresses of the organisation's pages."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views.organisation import changes, chart, importing

urlpatterns = [
    path("organisation/", chart.tree, name="organisation"),
    path("organisation/import/", importing.load, name="import-chart"),
    path("organisation/chart.xlsx", chart.export, name="export-chart"),
    path("organisation/<uuid:unit>/", chart.unit, name="unit"),
    path("organisation/<uuid:unit>/rename/", changes.rename, name="rename-unit"),
    path("organisation/<uuid:unit>/move/", changes.move, name="move-unit"),
    path("organisation/<uuid:unit>/posts/", changes.move_posts, name="move-posts"),
    path("organisation/<uuid:unit>/merge/", changes.merge, name="merge-unit"),
    path("organisation/<uuid:unit>/close/", changes.close, name="close-unit"),
]
