"""The addresses of the archive, below /office/."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views.archive import disposal, files, filing, plan, readings

urlpatterns = [
    path("archive/", files.files, name="archive"),
    path("archive/files/new/", files.new, name="new-archive-file"),
    path("archive/files/<uuid:file>/", files.file, name="archive-file"),
    path("archive/files/<uuid:file>/change/", files.change, name="change-archive-file"),
    path("archive/files/<uuid:file>/<slug:deed>/", files.act, name="archive-act"),
    path("archive/holds/<uuid:file>/<uuid:hold>/lift/", files.lift, name="lift-hold"),
    path("archive/unfiled/", filing.unfiled, name="unfiled"),
    path("archive/put/", filing.put, name="put-in-file"),
    path("archive/filings/<uuid:letter>/<uuid:filing>/", filing.take, name="take-out"),
    path("archive/plan/", plan.plan, name="archive-plan"),
    path("archive/plan/import/", plan.load, name="import-plan"),
    path("archive/plan/new/", plan.write, name="new-archive-class"),
    path("archive/plan/<uuid:archive_class>/", plan.write, name="archive-class"),
    path("archive/plan/<uuid:archive_class>/end/", plan.end, name="end-archive-class"),
    path("archive/disposal/", disposal.due, name="archive-due"),
    path("archive/disposal/<uuid:disposal>/", disposal.listed, name="disposal"),
    path("letters/<uuid:letter>/readings/", readings.readings, name="letter-readings"),
]
