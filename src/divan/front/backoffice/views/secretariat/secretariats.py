"""The secretariats of a body: opened, closed, and how each works: names, address, settings, and the body's crest."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    LARGEST_CREST,
    CodeTaken,
    CrestUnfit,
    Secretariat,
    SecretariatUnknown,
)
from divan.foundation import clock, files
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import IN_CHARGE, own_post
from divan.front.backoffice.secretariat.reading import Problems, errors, identifier, line, reason_field
from divan.front.backoffice.secretariat.sections import sections_of
from divan.registers.people import queries as people
from divan.registers.people.values import Post, Unit


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def secretariats(request: HttpRequest) -> HttpResponse:
    """List the secretariats of the own body, and open one for a unit."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    body = people.find_units([post.unit.body_uuid])[post.unit.body_uuid]
    units = _units(post)
    problems: Problems = {}
    if request.method == "POST":
        chosen = identifier(request.POST.get("unit", ""))
        code, name = line(request.POST, "code", 20).lower(), line(request.POST, "name_fa")
        if chosen not in units:
            problems["unit"] = _("Choose a unit of your body that has no secretariat.")
        if not code or not code.replace("-", "").isalnum() or not code.isascii() or queries.is_code_taken(code):
            problems["code"] = _("Choose another code: small Latin letters, digits and hyphens.")
        if not name:
            problems["name_fa"] = _("Write the name.")
        if not problems and chosen is not None:
            actions.open_secretariat(
                body=body,
                unit=units[chosen],
                code=code,
                name_fa=name,
                name_en=line(request.POST, "name_en"),
                actor=actor_of(request),
                now=now,
            )
            messages.success(request, _("The secretariat was opened; open its registers next."))
            return redirect("backoffice:registers")
    fields = _secretariat_fields(request, units, language, problems)
    values = {
        "sections": sections_of(post, now, "secretariats"),
        "lines": [
            (one, one.name(language), people.find_units([one.unit_uuid])[one.unit_uuid].name(language))
            for one in queries.list_secretariats(post.unit.body_code)
        ],
        "fields": fields if units else [],
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/secretariats.html", values, status=422 if problems else 200)


def _units(post: Post) -> dict[UUID, Unit]:
    """Return the units of the own body that have posts and no secretariat of their own."""
    taken = {one.unit_uuid for one in queries.list_secretariats(post.unit.body_code)}
    posts = people.list_posts_of_body(post.unit.body_code)
    return {one.unit.uuid: one.unit for one in posts if one.unit.uuid not in taken}


def _secretariat_fields(
    request: HttpRequest, units: dict[UUID, Unit], language: str, problems: Problems
) -> list[Field]:
    typed = request.POST
    options = [Option(str(uuid), unit.name(language)) for uuid, unit in units.items()]
    return [
        Field("unit", "select", _("Unit"), "", typed.get("unit", ""), errors(problems, "unit"), options=options),
        Field("code", "code", _("Code"), "", typed.get("code", ""), errors(problems, "code")),
        Field("name_fa", "text", _("Name in Persian"), "", typed.get("name_fa", ""), errors(problems, "name_fa")),
        Field("name_en", "text", _("Name in English"), "", typed.get("name_en", ""), (), False),
    ]


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def secretariat(request: HttpRequest, secretariat: UUID) -> HttpResponse:
    """Change the name, address and settings of a secretariat: who may do what there, and how letters circulate.

    :raises SecretariatUnknown: if it is of another body, or closed.
    """
    post = own_post(request)
    if not queries.keeps(post, secretariat):
        raise SecretariatUnknown
    found = queries.get_secretariat(secretariat)
    posts = people.list_posts_of_body(post.unit.body_code)
    problems: Problems = {}
    if request.method == "POST":
        problems = _change(request, found, posts)
        if not problems:
            messages.success(request, _("The secretariat was changed."))
            return redirect("backoffice:secretariats")
    fields = _change_fields(request, posts, found, problems)
    values = {
        "secretariat": found,
        "fields": fields,
        "closing": [reason_field({}, label=_("Why is it closed?"))],
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/secretariat.html", values, status=422 if problems else 200)


def _change(request: HttpRequest, found: Secretariat, posts: list[Post]) -> Problems:
    """Change a secretariat as was sent; return what is wrong with it, or nothing when it is done."""
    if not line(request.POST, "name_fa"):
        return {"name_fa": _("Write the name.")}
    try:
        actions.change_secretariat(
            secretariat=found.uuid,
            name_fa=line(request.POST, "name_fa"),
            name_en=line(request.POST, "name_en"),
            ece_address=line(request.POST, "ece_address"),
            settings=_typed_settings(request, found, posts),
            actor=actor_of(request),
            now=clock.now(),
        )
    except CodeTaken as refusal:
        return {"ece_address": str(text_of(refusal))}
    return {}


def _typed_settings(request: HttpRequest, found: Secretariat, posts: list[Post]) -> dict[str, object]:
    sent = request.POST
    roles = sorted({one.role for one in posts})
    said: dict[str, object] = {
        "backdating": [one for one in roles if one in sent.getlist("backdating")],
        queries.PARAPH_EDITS: "edits" in sent.getlist("paraph_edits"),
    }
    if found.central:
        named = sent.getlist("furnishers")
        said[queries.FURNISHERS] = [str(one.uuid) for one in posts if str(one.uuid) in named]
    return said


def _change_fields(request: HttpRequest, posts: list[Post], found: Secretariat, problems: Problems) -> list[Field]:
    typed = request.POST if request.method == "POST" else {}
    may = request.POST.getlist("backdating") if request.method == "POST" else sorted(queries.backdating_roles(found))
    titles = {one.role: one.title(get_language() or "fa") for one in posts}
    return [
        Field(
            "name_fa",
            "text",
            _("Name in Persian"),
            "",
            typed.get("name_fa", found.name_fa),
            errors(problems, "name_fa"),
        ),
        Field("name_en", "text", _("Name in English"), "", typed.get("name_en", found.name_en), (), False),
        Field(
            "ece_address",
            "email",
            _("E-mail address of the letter exchange"),
            "",
            typed.get("ece_address", found.ece_address),
            errors(problems, "ece_address"),
            required=False,
        ),
        Field(
            "backdating",
            "choices",
            _("Who may register under an earlier day?"),
            "",
            may,
            (),
            False,
            options=[Option(one, titles[one]) for one in sorted(titles)],
        ),
        _paraph_field(request, found),
        *([_furnisher_field(request, posts, found)] if found.central else []),
    ]


def _paraph_field(request: HttpRequest, found: Secretariat) -> Field:
    kept = ["edits"] if queries.may_edit_on_the_way(found.settings) else []
    value = request.POST.getlist("paraph_edits") if request.method == "POST" else kept
    edits = Option(
        "edits",
        _("Whoever paraphs or signs may change its words"),
        _("Each change stands as a version with its author. Without this a letter can only be returned."),
    )
    label = _("A letter on its way to signature")
    return Field("paraph_edits", "choices", label, "", value, (), False, options=[edits])


def _furnisher_field(request: HttpRequest, posts: list[Post], found: Secretariat) -> Field:
    language = get_language() or "fa"
    named = queries.furnishers_in(found.settings)
    clerks = [str(one.uuid) for one in posts if one.role == queries.SECRETARIAT_ROLE]
    kept = clerks if named is None else named
    return Field(
        "furnishers",
        "choices",
        _("Who writes templates, groups of recipients and parties outside?"),
        _("Besides whoever is in charge of the secretariats."),
        request.POST.getlist("furnishers") if request.method == "POST" else kept,
        (),
        False,
        options=[
            Option(str(one.uuid), one.title(language), one.unit.name(language))
            for one in posts
            if not queries.heads_body(one)
        ],
    )


def _crest_field(problem: str) -> Field:
    hint = _("PNG or SVG, at most 512 kilobytes. Of a drawing only shapes and colours are kept: no text, no script.")
    wrong = [problem] if problem else []
    return Field("crest", "file", _("Picture of the crest"), hint, "", wrong, attributes={"accept": ".png,.svg"})


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def crest(request: HttpRequest, secretariat: UUID) -> HttpResponse:
    """Show the crest on the letters of the own body, take another one in, or let letters bear none.

    :raises SecretariatUnknown: if it is of another body, closed, or not the central one.
    """
    if not queries.keeps(own_post(request), secretariat):
        raise SecretariatUnknown
    found = queries.get_secretariat(secretariat)
    problem = ""
    if request.method == "POST":
        try:
            said = _keep_crest(request, found)
        except CrestUnfit as refusal:
            problem = str(text_of(refusal))
        else:
            messages.success(request, said)
            return redirect("backoffice:crest", secretariat)
    fields = [_crest_field(problem)]
    values = {
        "secretariat": found,
        "crest": queries.crest_in(found.settings),
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/crest.html", values, status=422 if problem else 200)


def _keep_crest(request: HttpRequest, found: Secretariat) -> str:
    actor, now = actor_of(request), clock.now()
    if "drop" in request.POST:
        actions.drop_crest(secretariat=found.uuid, actor=actor, now=now)
        return _("Letters bear no crest from now on.")
    upload = request.FILES.get("crest")
    if upload is None:
        raise CrestUnfit(reason="kind")
    content = upload.read(LARGEST_CREST + 1)
    actions.put_crest(secretariat=found.uuid, content=content, actor=actor, now=now)
    return _("Letters bear this crest from now on.")


@access(IN_CHARGE)
@require_safe
def crest_picture(request: HttpRequest, secretariat: UUID) -> HttpResponse:
    """Give the crest of the own body as it was kept.

    :raises SecretariatUnknown: if it is of another body, or there is none.
    """
    if not queries.keeps(own_post(request), secretariat):
        raise SecretariatUnknown
    kept = queries.crest_in(queries.get_secretariat(secretariat).settings)
    if kept is None:
        raise SecretariatUnknown
    known = files.get_file(kept)
    return bytes_answer(files.read_file(kept), name=known.name, media_type=known.media_type, download=False)


@access(IN_CHARGE)
@require_POST
def close(request: HttpRequest, secretariat: UUID) -> HttpResponse:
    """Close a secretariat of a unit, with its registers.

    :raises SecretariatUnknown, SecretariatBusy, NumberUnfit, ReasonNeeded: and nothing was changed.
    """
    if not queries.keeps(own_post(request), secretariat):
        raise SecretariatUnknown
    reason = line(request.POST, "reason", 500)
    actions.close_secretariat(secretariat=secretariat, reason=reason, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The secretariat was closed, and its registers with it."))
    return redirect("backoffice:secretariats")
