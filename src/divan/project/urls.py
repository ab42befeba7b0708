"""The root of all addresses; what only a rehearsal has is absent in production, not merely hidden."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from divan.foundation.ui.rich_text import clean_pasted
from divan.foundation.ui.views import amount_in_words, style_page
from divan.front.api import monitoring, records
from divan.front.api.urls import api_urls
from divan.front.portal.views import about, rehearsal
from divan.project import health
from divan.project.verifier import page as verifier_page
from divan.trust.identity import urls as identity_urls
from divan.trust.identity.urls import credential_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("divan.front.portal.urls")),
    path("", include("divan.trust.identity.urls")),
    path("", include(identity_urls.credential_patterns)),
    path("", include(credential_patterns)),
    path("office/", include("divan.front.backoffice.urls")),
    path("api/v1/", api_urls),
    path("exchange/", include("divan.dealings.correspondence.urls")),
    path("exchange/records/<slug:body>/<slug:name>/<slug:key>/records/<str:subject>", records.record, name="record"),
    path("exchange/monitoring/<slug:key>/operational-data", monitoring.operational_data, name="operational-data"),
    path("verify/in-browser.json", verifier_page.knowledge, name="verifier-knowledge"),
    path("verify/offline.html", verifier_page.kept, name="verifier-kept"),
    path("log/<path:path>", about.log_file, name="log-file"),
    path("clean-pasted/", clean_pasted, name="clean-pasted"),
    path("amount-in-words/", amount_in_words, name="amount-in-words"),
    path("-/health", health.health, name="health"),
]

if settings.DIVAN.rehearsal:
    rehearsal_urls = [
        path("", rehearsal.roles, name="roles"),
        path("become/", rehearsal.become, name="become"),
        path("phone/", rehearsal.phone, name="phone"),
    ]
    urlpatterns += [
        path("rehearsal/", include((rehearsal_urls, "rehearsal"))),
        path("about/style/", style_page, name="style"),
    ]

handler404 = "divan.project.answers.not_found"
handler500 = "divan.project.answers.defect"
handler403 = "divan.project.answers.forbidden"
