"""Addresses of the exchange, below /office/."""

from __future__ import annotations

from django.urls import path

from divan.front.backoffice.views.exchange import certificates, evidence, groups, members, permits, requests, services

urlpatterns = [
    path("exchange/", requests.requests, name="exchange"),
    path("exchange/requests/new/", requests.new, name="request-permit"),
    path("exchange/requests/<uuid:asked>/", requests.permit_request, name="permit-request"),
    path("exchange/requests/<uuid:asked>/withdraw/", requests.withdraw, name="withdraw-permit-request"),
    path("exchange/permits/", permits.permits, name="permits"),
    path("exchange/permits/new/", permits.grant, name="grant-permit"),
    path("exchange/permits/<uuid:permit>/", permits.permit, name="exchange-permit"),
    path("exchange/permits/<uuid:permit>/revoke/", permits.revoke, name="revoke-permit"),
    path("exchange/permits/<uuid:permit>/suspend/", permits.suspend, name="suspend-permit"),
    path("exchange/permits/<uuid:permit>/resume/", permits.resume, name="resume-permit"),
    path("exchange/members/", members.members, name="exchange-members"),
    path("exchange/members/new/", members.register, name="new-exchange-member"),
    path("exchange/members/<path:member>/change/", members.register, name="change-exchange-member"),
    path("exchange/members/<path:member>/close/", members.close, name="close-exchange-member"),
    path("exchange/members/<path:member>/systems/new/", members.subsystem, name="new-exchange-system"),
    path("exchange/members/<path:member>/", members.member, name="exchange-member"),
    path("exchange/systems/<path:subsystem>/change/", members.subsystem, name="change-exchange-system"),
    path("exchange/systems/<path:subsystem>/close/", members.close_subsystem, name="close-exchange-system"),
    path("exchange/services/", services.services, name="exchange-services"),
    path("exchange/services/new/", services.register, name="new-exchange-service"),
    path("exchange/services/<path:code>/change/", services.register, name="change-exchange-service"),
    path("exchange/services/<path:code>/description/", services.describe, name="describe-exchange-service"),
    path("exchange/services/<path:code>/switch/", services.switch, name="switch-exchange-service"),
    path("exchange/services/<path:code>/close/", services.close, name="close-exchange-service"),
    path("exchange/services/<path:code>/", services.service, name="exchange-service"),
    path("exchange/groups/", groups.groups, name="exchange-groups"),
    path("exchange/groups/new/", groups.register, name="new-exchange-group"),
    path("exchange/groups/<path:group>/change/", groups.register, name="change-exchange-group"),
    path("exchange/groups/<path:group>/close/", groups.close, name="close-exchange-group"),
    path("exchange/certificates/", certificates.certificates, name="exchange-certificates"),
    path("exchange/certificates/new/", certificates.issue, name="new-exchange-certificate"),
    path("exchange/certificates/<uuid:certificate>/fetch/", certificates.fetch, name="fetch-exchange-certificate"),
    path("exchange/certificates/<uuid:certificate>/revoke/", certificates.revoke, name="revoke-exchange-certificate"),
    path("exchange/evidence/", evidence.evidence, name="evidence"),
    path("exchange/evidence/<path:message_id>/", evidence.evidence_message, name="evidence-message"),
    path("exchange/in-doubt/", evidence.in_doubt, name="in-doubt"),
]
