"""The back office's addresses, below /office/."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views import (
    absence,
    cases,
    employees,
    entrance,
    exchange,
    governor,
    issued,
    ledger,
    payments,
    referrals,
    standing,
    tasks,
    visits,
    worklist,
    worklist_bulk,
)
from divan.front.backoffice.views.letters import follow_ups, register
from divan.front.backoffice.views.letters import page as letter_page
from divan.front.backoffice.views.letters import referrals as letter_referrals

app_name = "backoffice"

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("worklist/bulk/", worklist_bulk.bulk, name="bulk"),
    path("worklist/searches/", worklist.save_search, name="save-search"),
    path("worklist/columns/", worklist.choose_columns, name="choose-columns"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("tasks/<uuid:task>/", tasks.task, name="task"),
    path("tasks/<uuid:task>/letter.pdf", tasks.letter, name="task-letter"),
    path("tasks/<uuid:task>/refer/", tasks.refer, name="refer"),
    path("tasks/<uuid:task>/pause/", standing.pause, name="pause"),
    path("tasks/<uuid:task>/resume/", standing.resume, name="resume"),
    path("tasks/<uuid:task>/recuse/", standing.recuse, name="recuse"),
    path("referrals/<uuid:referral>/", referrals.referral, name="referral"),
    path("cases/<uuid:case>/", cases.case, name="case"),
    path("cases/<uuid:case>/notes/", standing.note, name="note"),
    path("cases/<uuid:case>/files/<uuid:file>/", cases.file, name="file"),
    path("register/", register.register, name="register"),
    path("letters/<uuid:letter>/", letter_page.letter, name="letter"),
    path("letters/<uuid:letter>/refer/", letter_referrals.refer, name="refer-letter"),
    path("letters/<uuid:letter>/follow-up/", follow_ups.follow, name="follow-letter"),
    path("letters/<uuid:letter>/close/", letter_referrals.close, name="close-letter"),
    path("letters/referrals/<uuid:referral>/", letter_referrals.referral, name="letter-referral"),
    path("letters/referrals/<uuid:referral>/recall/", letter_referrals.recall, name="recall-referral"),
    path("letters/follow-ups/<uuid:follow_up>/", follow_ups.follow_up, name="follow-up"),
    path("letters/<uuid:letter>/file/", letter_page.file_letter, name="file-letter"),
    path("letters/<uuid:letter>/document.pdf", letter_page.document, name="letter-document"),
    path("issued-permits/", issued.permits, name="issued-permits"),
    path("issued-permits/<uuid:permit>/", issued.permit, name="issued-permit"),
    path("absence/", absence.absence, name="absence"),
    path("absence/<uuid:substitution>/end/", absence.end, name="end-absence"),
    path("employees/", employees.services, name="employees"),
    path("visits/", visits.visits, name="visits"),
    path("governor/", governor.governor, name="governor"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("payments/", payments.invoices, name="invoices"),
    path("payments/refunds/", payments.refunds, name="refunds"),
    path("payments/refunds/<uuid:refund>/", payments.refund, name="refund"),
    path("payments/statements/", payments.statements, name="statements"),
    path("payments/statements/<str:day>/", payments.statement, name="statement"),
    path("payments/differences/<uuid:difference>/", payments.settle, name="settle-difference"),
    path("payments/<uuid:invoice>/", payments.invoice, name="invoice"),
    path("payments/<uuid:invoice>/refund/", payments.ask, name="ask-refund"),
    path("exchange/permits/", exchange.permits, name="permits"),
    path("exchange/permits/new/", exchange.grant, name="grant-permit"),
    path("exchange/permits/<uuid:permit>/revoke/", exchange.revoke, name="revoke-permit"),
    path("exchange/evidence/", exchange.evidence, name="evidence"),
    path("exchange/evidence/<path:message_id>/", exchange.evidence_message, name="evidence-message"),
    path("exchange/in-doubt/", exchange.in_doubt, name="in-doubt"),
]
