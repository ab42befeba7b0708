"""What the page that verifies in the browser needs: whom it trusts and the words it says, and that page as one file.

The judging is done by ``frontend/scripts/verifier``; `divan verify` does the same here. Both are held together by one
table of files in the tests.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from importlib import resources

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.foundation.http.access import PUBLIC, access
from divan.project.verifier import words
from divan.project.verifier.trust import Trust, read_trust, read_trusted_policy
from divan_libs.pki.fingerprints import fingerprint
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.policies import Policy

LANGUAGES: tuple[words.Language, ...] = ("fa", "en")
_DIST = resources.files("divan.foundation.ui") / "static" / "ui" / "dist"


@access(PUBLIC)
@require_safe
def knowledge(_request: HttpRequest) -> HttpResponse:
    """Give whom the page trusts and its words in both languages: public keys, certificates and sentences."""
    return JsonResponse(_knowledge(_trust()))


@access(PUBLIC)
@require_safe
def kept(_request: HttpRequest) -> HttpResponse:
    """Give the verifier as one file that works without a network: script, style, keys and words lie inside it.

    Its policy lets it load nothing from anywhere and send nothing to anywhere.
    """
    language: words.Language = "en" if get_language() == "en" else "fa"
    script, style = _script(), _style(language)
    trust = _trust()
    policy = trust.policy
    values = {
        "script": script,
        "style": style,
        "script_hash": _hash(script),
        "style_hash": _hash(style),
        "knowledge": _embedded(_knowledge(trust)),
        "origin": settings.LEDGER.origin,
        "keys": [key.encode() for key in trust.log_keys],
        "witnesses": [{"name": one.name, "key": one.verifier.encode()} for one in policy.witnesses] if policy else [],
        "needed": policy.fewest if policy else 0,
        "fingerprints": [fingerprint(root) for root in trust.roots],
    }
    page = render_to_string("portal/kept_verifier.html", values)
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="divan-verify-{language}.html"'
    answer["Cache-Control"] = "no-cache"
    return answer


def _trust() -> Trust:
    """Return whom this installation says to trust; its policy may lie elsewhere than beside its keys."""
    trust = read_trust(settings.DIVAN.data / "trust")
    return replace(trust, policy=read_trusted_policy(settings.LEDGER.policy_file))


def _knowledge(trust: Trust) -> dict[str, object]:
    return {"trust": trust_as_data(trust), "words": {language: words_as_data(language) for language in LANGUAGES}}


def trust_as_data(trust: Trust) -> dict[str, object]:
    """Return whom one trusts, as the script reads it."""
    return {
        "keys": [key.encode() for key in (*trust.log_keys, *_logs(trust.policy))],
        "policy": trust.policy and _policy_as_data(trust.policy),
        "roots": [_encoded(root) for root in trust.roots],
        "timestamp_roots": [_encoded(root) for root in trust.timestamp_roots],
    }


def _logs(policy: Policy | None) -> list[NoteVerifier]:
    return [log.verifier for log in policy.logs] if policy else []


def _policy_as_data(policy: Policy) -> dict[str, object]:
    return {
        "witnesses": [{"name": one.name, "key": one.verifier.encode()} for one in policy.witnesses],
        "groups": [
            {"name": one.name, "threshold": one.threshold, "members": list(one.members)} for one in policy.groups
        ],
        "quorum": policy.quorum,
    }


def _encoded(certificate: Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def words_as_data(language: words.Language) -> dict[str, object]:
    """Return every sentence that the page may say in a language, by the codes of a judgement."""
    _ = words.translator(language)
    return {
        "verdicts": {f"{kind} {outcome}": said for (kind, outcome), said in words.verdicts(_).items()},
        "problems": dict(words.problems(_)),
        "limits": {str(limit): said for limit, said in words.limits(_).items()},
        "labels": dict(words.labels(_)),
        "coded": {" ".join(pair): said for pair, said in words.coded(_).items()},
        "page": _of_page(_),
    }


def _of_page(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "said": _("What it says, proved"),
        "unproved": _("The file says the following; it is not proved:"),
        "not_proved": _("It does not prove:"),
        "inside": _("The receipt inside this document"),
        "other_reason": _("For the reason with this code:"),
        "experts": _("For experts"),
        "too_large": _("This file is larger than 256 megabytes."),
        "unreadable": _("This is no file that can be read; a folder cannot be dropped here."),
    }


@lru_cache(maxsize=1)
def _script() -> str:
    return (_DIST / "verifier.js").read_text(encoding="utf-8")


@lru_cache(maxsize=2)
def _style(language: words.Language) -> str:
    """Return the style sheet with its Persian face inside it; its other pictures and faces are done without."""
    sheet = (_DIST / f"divan.{'rtl' if language == 'fa' else 'ltr'}.css").read_text(encoding="utf-8")
    for subset in ("arabic", "latin"):
        face = base64.b64encode((_DIST / "fonts" / f"vazirmatn-{subset}.woff2").read_bytes()).decode()
        sheet = sheet.replace(f"url(fonts/vazirmatn-{subset}.woff2)", f"url(data:font/woff2;base64,{face})")
    for picture in ("girih-band", "girih-ground"):
        sheet = sheet.replace(f"url(images/{picture}.svg)", "none").replace(f'url("images/{picture}.svg")', "none")
    return sheet


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _embedded(data: dict[str, object]) -> str:
    # Within a script element only its end tag could be taken for markup.
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
