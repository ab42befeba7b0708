"""The living style page, and what a page asks for while somebody types."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from divan.foundation.http.access import PUBLIC, access
from divan.foundation.ui import numbers, samples
from divan.foundation.ui.frame import PageFrame


@access(PUBLIC)
@require_safe
def style_page(request: HttpRequest) -> HttpResponse:
    """Show the components; ``?office`` shows them in the frame of the back office."""
    if "office" not in request.GET:
        return render(request, "ui/style_page.html", samples.matter())
    frame = replace(PageFrame(here=request.get_full_path()), office_navigation=samples.office_navigation())
    matter = {**samples.matter(), "frame": frame, "worklist": samples.worklist()}
    return render(request, "ui/style_office.html", matter)


@access(PUBLIC)
@require_safe
def amount_in_words(request: HttpRequest) -> HttpResponse:
    """Say the one sum of the query in words, as plain text; nothing while it is no sum that has words."""
    typed = str(next(iter(request.GET.values()), ""))
    return HttpResponse(numbers.amount_words(typed), content_type="text/plain; charset=utf-8")
