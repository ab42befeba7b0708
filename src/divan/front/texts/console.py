"""The console of the exchange in words: why calls failed and what to do about it, how gateways are, how doubts end."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.trust.exchange.values.console import Finding, GatewayHealth

Text = Promise | str

CAUSES: Mapping[str, tuple[Text, Text]] = {
    "server.serverproxy.access_denied": (
        _("No permit covers the call"),
        _("Compare method, path and hours with the permits of this consumer; let it ask for what is missing."),
    ),
    "server.serverproxy.unknown_service": (
        _("The service is not registered"),
        _("The consumer calls an address that is no service here; tell it the right one."),
    ),
    "server.serverproxy.too_many_requests": (
        _("Rate or daily quota is used up"),
        _("The consumer must slow down, or its permit be amended."),
    ),
    "server.serverproxy.service_disabled": (
        _("The service is switched off"),
        _("Its provider has left a notice; nothing is to be done here until it is switched on."),
    ),
    "server.serverproxy.invalid_request": (
        _("The call does not follow the service's description"),
        _("The consumer must look at the description of the service, and name the person where one stands."),
    ),
    "server.serverproxy.invalid_response": (
        _("The answer does not follow the service's description"),
        _("The provider must mend its answer or its description."),
    ),
    "server.serverproxy.network_error": (
        _("The provider's system cannot be reached"),
        _("Call the provider: its system is down, or a firewall is in between. It is tried again by itself."),
    ),
    "server.serverproxy.io_error": (
        _("The provider's system began and did not finish its answer in time"),
        _("Ask the provider whether it is overloaded, and whether it acted on the call."),
    ),
    "server.serverproxy.unknown_host": (
        _("The provider's address has no such host"),
        _("Correct the address of the service, or the name service of this machine."),
    ),
    "server.serverproxy.ssl_authentication_failed": (
        _("The provider's certificate is not trusted"),
        _("It was renewed or has expired: register the provider's new certificate at the service."),
    ),
    "server.serverproxy.internal_error": (
        _("The gateway could not tell what it was asked for"),
        _("Look into the gateway's log."),
    ),
    "server.clientproxy.ssl_authentication_failed": (
        _("The caller's certificate is not the consumer's"),
        _("Renew or register the consumer's certificate. Many in a row may be somebody who tries to pass for it."),
    ),
    "server.clientproxy.unknown_member": (
        _("Consumer or provider does not take part"),
        _("A system with a wrong address calls, or a member was closed; tell its body."),
    ),
    "server.clientproxy.invalid_client_identifier": (
        _("The call names no consumer"),
        _("The consumer's system must send the header X-Road-Client."),
    ),
    "server.clientproxy.invalid_security_server": (
        _("The call is for another gateway"),
        _("The consumer's system names a gateway that is not this one."),
    ),
    "server.clientproxy.global_conf_outdated": (
        _("The gateway's routing snapshot has expired"),
        _("The house has not reached the gateway for days: look whether the worker runs and writes the snapshot."),
    ),
    "server.clientproxy.logging_failed": (
        _("Evidence cannot be kept"),
        _("The gateway's disk is full or broken. Nothing passes until it has room; free some at once."),
    ),
    "server.clientproxy.io_error": (
        _("The consumer broke the connection"),
        _("Its own time limit is too short, or its network is bad."),
    ),
    "server.clientproxy.internal_error": (
        _("The call was malformed, or the gateway has a defect"),
        _("Look into the gateway's log for the reason."),
    ),
    "client.bad_request": (
        _("The request was malformed, too large or too slow"),
        _("The consumer's system must be corrected; many of them may be an attack."),
    ),
    "client.not_found": (
        _("The address is no service call"),
        _("Somebody calls an address that does not begin with /r1/."),
    ),
    "http-4xx": (
        _("The provider refused the call"),
        _("The consumer asked for something that is not there or not right; a few of these are normal."),
    ),
    "http-5xx": (
        _("The provider answered with a fault of its own"),
        _("Tell the provider; its own log says why."),
    ),
    "in-doubt": (
        _("The gateway stopped while the call was under way"),
        _("Ask the provider whether it acted on it, and settle the doubt here."),
    ),
}
"""Why calls fail, by code, with what to do; what is not here is :data:`OTHER`."""

OTHER: tuple[Text, Text] = (_("Another cause"), _("Look into the gateway's log for this code."))

HEALTH: Mapping[GatewayHealth, tuple[Text, Text]] = {
    GatewayHealth.OK: (_("Carries messages"), ""),
    GatewayHealth.NO_SNAPSHOT: (
        _("Has no routing snapshot in force"),
        _("Nothing passes. Look whether the worker runs, and whether it can write the gateway's folder."),
    ),
    GatewayHealth.DISK_FULL: (
        _("Its disk is full"),
        _("Calls under way are ended, new ones refused. Free room on the disk of the evidence."),
    ),
    GatewayHealth.STALLED: (
        _("Its disk does not answer"),
        _("A write of evidence has hung for seconds; calls wait. Look at the disk."),
    ),
    GatewayHealth.FAILED: (
        _("Cannot write evidence"),
        _("The process ends and is started anew; if this stays, look into its log."),
    ),
    GatewayHealth.SILENT: (
        _("Says nothing"),
        _("It does not run, or its folder is not the one that this house reads. Start it with: divan gateway"),
    ),
}
HEALTH_TONES: Mapping[GatewayHealth, str] = {GatewayHealth.OK: "good", GatewayHealth.NO_SNAPSHOT: "waiting"}
"""Every other state of a gateway is bad."""

FINDINGS: Mapping[Finding, tuple[Text, Text]] = {
    Finding.ACTED: (_("The provider acted on it"), _("The consumer may take it as done and must not send it again.")),
    Finding.NOT_ACTED: (_("The provider did not act on it"), _("The consumer may send it again.")),
    Finding.REPEATED: (
        _("The consumer sent it again and it was done then"),
        _("Nothing is left to be done."),
    ),
    Finding.UNKNOWABLE: (
        _("It cannot be found out"),
        _("Both sides were told; what follows is for them to agree."),
    ),
}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "exchange.doubt-unknown": (
        _("No message under this number is in doubt."),
        "",
        _("Go back to the list and choose there."),
    ),
    "exchange.doubt-settled": (
        _("This doubt was settled before."),
        _("What was found then stands."),
        _("Go back to the list to read it."),
    ),
    "exchange.settlement-faulty": (
        _("The doubt cannot be settled so."),
        _("Nothing was changed."),
        _("Say what was found, and how you know."),
    ),
}
