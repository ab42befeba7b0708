"""Certificates of our authority: asked for with a request file, fetched, revoked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import Field, Option
from divan.front.backoffice.duties import EXCHANGE
from divan.front.backoffice.exchange.asking import LONGEST, Sheet, ask, choice, reason_field
from divan.front.backoffice.exchange.sections import language, sections
from divan.front.backoffice.secretariat.reading import Problems, errors
from divan.front.texts.words import TONES, word
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values.control import Certificate, CertificateState

PEM = "application/x-pem-file"
LARGEST = 64 * 1024


def _line(one: Certificate, reader: str) -> dict[str, object]:
    state = one.state_at(clock.now())
    return {
        "certificate": one,
        "member": one.member.name(reader),
        "system": one.subsystem.name(reader),
        "state": word("certificate-state", state),
        "tone": TONES[f"certificate-{state}"],
        "is_alive": state not in (CertificateState.ENDED, CertificateState.REVOKED),
        "days": max((one.ends_at - clock.now()).days, 0),
        "is_ending": state is CertificateState.ENDING,
    }


@access(EXCHANGE)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """List the certificates of the visitor's body, the last to end first; the centre sees all."""
    reader, actor = language(), actor_of(request)
    values = {
        "sections": sections(request, "exchange-certificates"),
        "lines": [_line(one, reader) for one in queries.list_certificates(actor)],
        "may_ask": bool(queries.list_own_subsystems(actor)),
    }
    return render(request, "backoffice/exchange/certificates.html", values)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    """Take a certificate request for one of the visitor's systems, and issue the certificate."""
    actor, reader = actor_of(request), language()
    own = [Option(one.address, f"{one.name(reader)} ({one.address})") for one in queries.list_own_subsystems(actor)]

    def fields(typed: QueryDict | None, problems: Problems) -> list[Field]:
        chosen = (typed if typed is not None else request.GET).get("subsystem", "")
        hint = _("PKCS#10 in PEM or DER. Its common name must be the address of the system, or empty.")
        accepted = {"accept": ".csr,.pem,.req,.der,.p10"}
        return [
            choice("subsystem", _("For which system?"), "", chosen, problems, own),
            Field("csr", "file", _("Certificate request"), hint, "", errors(problems, "csr"), attributes=accepted),
        ]

    def deed(typed: QueryDict, problems: Problems) -> str | None:
        upload = request.FILES.get("csr")
        if typed.get("subsystem", "") not in {one.value for one in own}:
            problems["subsystem"] = _("Choose one.")
        if upload is None:
            problems["csr"] = _("Choose the file.")
        if problems or upload is None:
            return None
        actions.issue_certificate(
            subsystem=typed.get("subsystem", ""), csr=upload.read(LARGEST), actor=actor, now=clock.now()
        )
        return reverse("backoffice:exchange-certificates")

    sheet = Sheet(
        title=_("Get a certificate"),
        button=_("Issue the certificate"),
        back=reverse("backoffice:exchange-certificates"),
        back_label=_("Exchange: certificates"),
        done=_("The certificate was issued and is let in from the next second on. Fetch it here."),
        explained=_("Make a key on your own machine and send only the request. The private key never leaves you."),
        takes_files=True,
    )
    return ask(request, sheet, fields, deed)


@access(EXCHANGE)
@require_POST
def fetch(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Hand out a certificate with its chain in PEM; that it was fetched stays on record.

    :raises CertificateUnknown: if there is none, or it is another body's.
    """
    pem = actions.fetch_certificate(certificate=certificate, actor=actor_of(request), now=clock.now())
    return bytes_answer(pem.encode("ascii"), name=f"{certificate}.pem", media_type=PEM, download=True)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Revoke a certificate after asking once more.

    :raises CertificateUnknown: if there is none, or it is another body's.
    """
    found = queries.get_certificate(certificate, actor_of(request))
    back = reverse("backoffice:exchange-certificates")
    if found.revoked_at is not None:
        messages.info(request, _("The certificate was revoked before."))
        return redirect(back)

    def deed(typed: QueryDict, _problems: Problems) -> str:
        reason = typed.get("reason", "")[:LONGEST]
        actions.revoke_certificate(certificate=certificate, reason=reason, actor=actor_of(request), now=clock.now())
        return back

    sheet = Sheet(
        title=_("Revoke the certificate?"),
        button=_("Revoke"),
        back=back,
        back_label=_("Exchange: certificates"),
        done=_("The certificate was revoked; the gateway lets it in no more within a second."),
        lead=found.subsystem.name(language()),
        warning=_("The system that uses it cannot ask any more. Its key cannot be certified again."),
        danger=True,
    )
    return ask(request, sheet, lambda typed, problems: [reason_field(typed, problems)], deed)
