"""The addresses of the secretariat, below /office/."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views.letters import sending
from divan.front.backoffice.views.secretariat import (
    arrivals,
    books,
    dispatching,
    registering,
    reports,
    secretariats,
    settings,
)

urlpatterns = [
    path("secretariat/", arrivals.arrivals, name="arrivals"),
    path("secretariat/arrivals/new/", arrivals.hand_in, name="hand-in"),
    path("secretariat/arrivals/<uuid:intake>/", registering.register, name="register-arrival"),
    path("secretariat/arrivals/<uuid:intake>/refuse/", registering.refuse, name="refuse-arrival"),
    path("secretariat/arrivals/<uuid:intake>/double/", registering.double, name="mark-double"),
    path("secretariat/arrivals/<uuid:intake>/files/<uuid:file>/", arrivals.file, name="arrival-file"),
    path("secretariat/receipts/<uuid:letter>/", registering.registered, name="registered"),
    path("secretariat/receipts/<uuid:letter>/paper/", registering.receipt_paper, name="receipt-paper"),
    path("secretariat/dispatch/", dispatching.desk, name="dispatch-desk"),
    path("secretariat/dispatch/send/", dispatching.send_many, name="send-many"),
    path("secretariat/dispatch/<uuid:letter>/", dispatching.letter, name="dispatch"),
    path("secretariat/sendings/<uuid:dispatch>/receipt/", dispatching.receipt, name="dispatch-receipt"),
    path("secretariat/sendings/<uuid:dispatch>/<slug:deed>/", dispatching.act, name="dispatch-act"),
    path("secretariat/came-back/<uuid:dispatch>/", sending.came_back, name="came-back"),
    path("secretariat/registers/", books.registers, name="registers"),
    path("secretariat/registers/new/", books.new, name="new-book"),
    path("secretariat/registers/<str:code>/", books.register, name="book"),
    path("secretariat/registers/<str:code>/change/", books.change, name="change-book"),
    path("secretariat/registers/<str:code>/close/", books.close, name="close-book"),
    path("secretariat/registers/<str:code>/reserve/", books.reserve, name="reserve-numbers"),
    path("secretariat/registers/<str:code>/reserved/<uuid:reserved>/void/", books.void, name="void-number"),
    path("secretariat/registers/<str:code>/day/", reports.daily, name="book-day"),
    path("secretariat/registers/<str:code>/<int:year>/proof/", reports.proof, name="book-proof"),
    path("secretariat/registers/<str:code>/<int:year>/proof/paper/", reports.proof_paper, name="proof-paper"),
    path("secretariat/registers/<str:code>/begin/", books.begin_year, name="begin-year"),
    path("secretariat/registers/<str:code>/<int:year>/end/", books.end_year, name="end-year"),
    path("secretariat/terms/", settings.terms, name="terms"),
    path("secretariat/terms/end/", settings.end_term, name="end-term"),
    path("secretariat/clearances/", settings.clearances, name="clearances"),
    path("secretariat/secretariats/", secretariats.secretariats, name="secretariats"),
    path("secretariat/secretariats/<uuid:secretariat>/", secretariats.secretariat, name="secretariat"),
    path("secretariat/secretariats/<uuid:secretariat>/crest/", secretariats.crest, name="crest"),
    path(
        "secretariat/secretariats/<uuid:secretariat>/crest/picture/", secretariats.crest_picture, name="crest-picture"
    ),
    path("secretariat/secretariats/<uuid:secretariat>/close/", secretariats.close, name="close-secretariat"),
]
