"""The way in: staff sign in where identity keeps its pages."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from divan.foundation.http.access import PUBLIC, access


@access(PUBLIC)
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in of staff and keep the page that was wanted; another site is never kept."""
    wanted = request.GET.get("next", "")
    address = reverse("identity:staff-sign-in")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        address += "?" + urlencode({"next": wanted})
    return HttpResponseRedirect(address)
