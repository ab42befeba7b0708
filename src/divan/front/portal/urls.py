"""The portal's addresses."""

from __future__ import annotations

from django.urls import path

from divan.front.portal.views import (
    about,
    apply,
    cases,
    catalogue_data,
    elsewhere,
    home,
    payments,
    services,
    tracking,
    verification,
)

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", home.choose_language, name="language"),
    path("services/", services.listing, name="services"),
    path("services.jsonld", catalogue_data.whole, name="catalogue-data"),
    path("services/<slug:code>.jsonld", catalogue_data.service_data, name="service-data"),
    path("services/<slug:code>/card.pdf", catalogue_data.card_paper, name="card-paper"),
    path("only-through-the-portal/", elsewhere.report, name="elsewhere"),
    path("only-through-the-portal/<slug:body>/", elsewhere.body, name="elsewhere-body"),
    path("only-through-the-portal/<slug:body>.csv", elsewhere.body_table, name="elsewhere-table"),
    path("services/<slug:code>/", services.service, name="service"),
    path("services/<slug:code>/card/", services.card, name="card"),
    path("services/<slug:code>/apply/", apply.begin, name="apply"),
    path("applications/<uuid:case>/", apply.overview, name="application"),
    path("applications/<uuid:case>/check/", apply.check, name="check"),
    path("applications/<uuid:case>/done/", apply.done, name="done"),
    path("applications/<uuid:case>/give-up/", apply.give_up, name="give-up"),
    path("applications/<uuid:case>/ask-again/<str:need>/", apply.ask_again, name="ask-again"),
    path("applications/<uuid:case>/files/<uuid:file>/", apply.file, name="file"),
    path("applications/<uuid:case>/files/<uuid:file>/remove/", apply.remove_file, name="remove-file"),
    path("applications/<uuid:case>/pages/<slug:page>/", apply.page, name="page"),
    path("cases/", cases.listing, name="cases"),
    path("cases/<uuid:case>/", cases.case, name="case"),
    path("cases/<uuid:case>/withdraw/", cases.withdraw, name="withdraw"),
    path("documents/", cases.documents, name="documents"),
    path("documents/<uuid:document>.pdf", cases.document, name="document"),
    path("documents/<uuid:document>/receipt/", cases.receipt, name="receipt"),
    path("looks/", cases.looks, name="looks"),
    path("payments/", payments.listing, name="payments"),
    path("payments/<uuid:invoice>/", payments.invoice, name="invoice"),
    path("payments/<uuid:invoice>/pay/", payments.pay, name="pay"),
    path("payments/<uuid:invoice>/bank/", payments.standing, name="payment"),
    path("payments/return/<uuid:payment>/", payments.come_back, name="payment-return"),
    path("track/", tracking.track, name="track"),
    path("verify/", verification.verify, name="verify"),
    path("verify/<slug:code>/", verification.verified, name="verified"),
    path("verify/<slug:code>/receipt/", verification.receipt, name="verified-receipt"),
    path("about/", about.about, name="about"),
    path("about/vocabulary", catalogue_data.vocabulary, name="vocabulary"),
    path("about/coverage/", about.coverage, name="coverage"),
    path("about/privacy/", about.privacy, name="privacy"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/log/", about.log, name="log"),
]
