"""The back office's addresses, below /office/."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views import (
    absence,
    cases,
    employees,
    entering,
    entrance,
    governor,
    handing_over,
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
from divan.front.backoffice.views.archive import urls as archive
from divan.front.backoffice.views.exchange import console_urls as exchange_console
from divan.front.backoffice.views.exchange import urls as exchange
from divan.front.backoffice.views.letters import addressing, drafts, follow_ups, furnishing, openings, register
from divan.front.backoffice.views.letters import circulars as letter_circulars
from divan.front.backoffice.views.letters import figures as letter_figures
from divan.front.backoffice.views.letters import page as letter_page
from divan.front.backoffice.views.letters import referrals as letter_referrals
from divan.front.backoffice.views.letters import routes as letter_routes
from divan.front.backoffice.views.letters import rules as letter_rules
from divan.front.backoffice.views.letters import search as letter_search
from divan.front.backoffice.views.organisation import urls as organisation
from divan.front.backoffice.views.secretariat import urls as secretariat

app_name = "backoffice"

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("worklist/bulk/", worklist_bulk.bulk, name="bulk"),
    path("worklist/hand-over/", handing_over.hand_over, name="hand-over"),
    path("worklist/hand-over/<uuid:vacant>/", handing_over.hand_over, name="hand-over-of"),
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
    path("cases/<uuid:case>/entry/", entering.entry, name="entry"),
    path("cases/<uuid:case>/entry/pages/<str:page>/", entering.entry_page, name="entry-page"),
    path("cases/<uuid:case>/entry/files/<uuid:file>/", entering.entry_file, name="entry-file"),
    path("cases/<uuid:case>/entry/files/<uuid:file>/remove/", entering.remove_file, name="remove-entry-file"),
    path("cases/<uuid:case>/entry/ask/<str:need>/", entering.ask_again, name="entry-ask-again"),
    path("cases/<uuid:case>/entry/give-up/", entering.give_up, name="give-up-entry"),
    path("register/", register.register, name="register"),
    path("letters/figures/", letter_figures.body, name="letter-figures"),
    path("governor/letters/", letter_figures.province, name="province-letters"),
    path("letters/circulars/", letter_circulars.circulars, name="circulars"),
    path("letters/<uuid:letter>/answers/", letter_circulars.answers, name="letter-answers"),
    path("letters/search/", letter_search.search, name="search-letters"),
    path("letters/drafts/", drafts.drafts, name="drafts"),
    path("letters/new/", drafts.new, name="new-letter"),
    path("letters/drafts/<uuid:letter>/", drafts.compose, name="compose"),
    path("letters/drafts/<uuid:letter>/recipients/", addressing.recipients, name="letter-recipients"),
    path("letters/drafts/<uuid:letter>/references/", addressing.relations, name="letter-relations"),
    path("letters/drafts/<uuid:letter>/files/", addressing.attachments, name="letter-files"),
    path("letters/drafts/<uuid:letter>/route/", letter_routes.route, name="letter-route"),
    path("letters/drafts/<uuid:letter>/discard/", drafts.discard, name="discard-draft"),
    path("letters/drafts/<uuid:letter>/withdraw/", letter_routes.withdraw, name="withdraw-letter"),
    path("letters/steps/<uuid:step>/", letter_routes.step, name="letter-step"),
    path("letters/furniture/", furnishing.furniture, name="letter-furniture"),
    path("letters/templates/new/", furnishing.template, name="new-letter-template"),
    path("letters/templates/<uuid:template>/", furnishing.template, name="letter-template"),
    path(
        "letters/templates/<uuid:template>/recipients/",
        furnishing.template_recipients,
        name="letter-template-recipients",
    ),
    path("letters/groups/new/", furnishing.group, name="new-letter-group"),
    path("letters/groups/<uuid:group>/", furnishing.group, name="letter-group"),
    path("letters/outside/new/", furnishing.correspondent, name="new-correspondent"),
    path("letters/outside/<uuid:correspondent>/", furnishing.correspondent, name="correspondent"),
    path("letters/<uuid:letter>/copy/", drafts.copy, name="copy-letter"),
    path("letters/<uuid:letter>/versions/", drafts.versions, name="letter-versions"),
    path("letters/<uuid:letter>/preview.pdf", drafts.preview, name="letter-preview"),
    path("letters/<uuid:letter>/remarks/", addressing.remark, name="letter-remark"),
    path("letters/<uuid:letter>/settle/", letter_routes.settle, name="settle-letter"),
    path("letters/<uuid:letter>/files/<uuid:file>/", addressing.file, name="letter-file"),
    path("letters/<uuid:letter>/", letter_page.letter, name="letter"),
    path("letters/<uuid:letter>/refer/", letter_referrals.refer, name="refer-letter"),
    path("letters/<uuid:letter>/follow-up/", follow_ups.follow, name="follow-letter"),
    path("letters/<uuid:letter>/close/", letter_referrals.close, name="close-letter"),
    path("referral-rules/", letter_rules.referral_rules, name="referral-rules"),
    path("letters/referrals/<uuid:referral>/", letter_referrals.referral, name="letter-referral"),
    path("letters/referrals/<uuid:referral>/recall/", letter_referrals.recall, name="recall-referral"),
    path("letters/follow-ups/<uuid:follow_up>/", follow_ups.follow_up, name="follow-up"),
    path("letters/<uuid:letter>/case/", openings.open_case, name="open-case"),
    path("letters/<uuid:letter>/file/", letter_page.file_letter, name="file-letter"),
    path("letters/<uuid:letter>/document.pdf", letter_page.document, name="letter-document"),
    *archive.urlpatterns,
    *organisation.urlpatterns,
    *secretariat.urlpatterns,
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
    *exchange_console.urlpatterns,
    *exchange.urlpatterns,
]
