"""A data service as questions, and what is said of its description."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.foundation.ui.fields import Field, Option
from divan.front.backoffice.exchange.asking import choice, lines, text
from divan.front.backoffice.secretariat.reading import Problems, line, one_of, whole
from divan.front.texts.answers import problem_text
from divan.front.texts.words import word
from divan.trust.exchange.values import DataService, Durability, SubjectPlace, Subsystem, Validation
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.subjects import SubjectIn
from divan_libs.envelope.uploads import Finding

MOST_FINDINGS = 100


def validation_options() -> list[Option]:
    """Return how messages may be held to a description."""
    return [Option(str(one), word("validation", one)) for one in Validation]


def first_answers(found: DataService | None) -> QueryDict:
    """Return the answers with which the form begins."""
    begun = QueryDict(mutable=True)
    begun["timeout"], begun["durability"] = "10", "strict"
    if found is None:
        return begun
    begun["name_fa"], begun["name_en"], begun["timeout"] = found.name_fa, found.name_en, str(found.timeout_ms // 1000)
    begun["base_urls"], begun["health_path"] = "\n".join(found.base_urls), found.health_path
    begun["durability"], begun["may_cache"] = str(found.durability), "yes" if found.may_cache else ""
    begun["trusted"] = "\n".join(found.trusted_certificates)
    if found.subject is not None:
        begun["subject_in"], begun["subject_at"] = str(found.subject.where), found.subject.at
    return begun


def service_fields(
    answers: QueryDict, problems: Problems, *, own: Sequence[Subsystem], language: str, is_known: bool
) -> list[Field]:
    """Return the questions of a data service; of one that is known, code and address stand for ever."""
    return [
        *([] if is_known else _address_fields(answers, problems, own, language)),
        *_provider_fields(answers, problems),
        *_person_fields(answers, problems),
        *_evidence_fields(answers, problems),
    ]


def _address_fields(answers: QueryDict, problems: Problems, own: Sequence[Subsystem], language: str) -> list[Field]:
    systems = [Option(one.address, f"{one.name(language)} ({one.address})") for one in own]
    chosen, code, service = (answers.get(name, "") for name in ("provider", "code", "service"))
    hint, hint_of_name = (
        _("Two words in small Latin letters, such as schools/pupil."),
        _("Latin letters, figures and -."),
    )
    return [
        choice("provider", _("Which of your systems answers?"), "", chosen, problems, systems),
        text("code", _("Code"), hint, code, problems, kind="code", most=80),
        text("service", _("Name in the address"), hint_of_name, service, problems, kind="code", most=80),
    ]


def _provider_fields(answers: QueryDict, problems: Problems) -> list[Field]:
    def asked(name: str, label: str, hint: str = "", **how: object) -> Field:
        return text(name, label, hint, answers.get(name, ""), problems, **how)  # type: ignore[arg-type]  # of text()

    hint = _("One in each line, equal to each other and tried in this order: https://example.ir/api")
    pinned = _("PEM. None means those that the system trusts.")
    known_by = _("Certificates by which the provider is known")
    return [
        asked("name_fa", _("Name in Persian"), most=200),
        asked("name_en", _("Name in English"), required=False, most=200),
        asked("base_urls", _("Addresses"), hint, kind="long-text"),
        asked("trusted", known_by, pinned, kind="long-text", required=False),
        asked("timeout", _("Seconds that an answer may take"), kind="number"),
        asked("health_path", _("Path that tells whether it is well"), kind="code", required=False),
    ]


def _person_fields(answers: QueryDict, problems: Problems) -> list[Field]:
    places = [Option(str(one), word("subject-in", one)) for one in SubjectIn]
    where, at = answers.get("subject_in", ""), answers.get("subject_at", "")
    why = _("So that people see who asked about them. Nothing, if nobody is asked about.")
    how = _("The number of the path segment from 0, a JSON pointer, or the name of the parameter.")
    asked = _("Where in a request does the person stand?")
    return [
        choice("subject_in", asked, why, where, problems, places, required=False),
        text("subject_at", _("Which one there?"), how, at, problems, kind="code", required=False),
    ]


def _evidence_fields(answers: QueryDict, problems: Problems) -> list[Field]:
    strictness = [Option(str(one), word("durability", one)) for one in Durability]
    return [
        choice("durability", _("Evidence"), "", answers.get("durability", ""), problems, strictness),
        Field(
            "may_cache",
            "choices",
            _("Keeping answers"),
            "",
            answers.getlist("may_cache"),
            required=False,
            options=[Option("yes", _("The gateway may keep answers as long as their own headers allow"))],
        ),
    ]


def read_service(sent: QueryDict, problems: Problems, found: DataService | None) -> DataService | None:
    """Return the data service that was described, or None with what is wrong."""
    for name in ("name_fa", "base_urls", *(() if found else ("provider", "code", "service"))):
        if not sent.get(name, "").strip():
            problems[name] = problem_text("answers.required", {})
    seconds = whole(sent.get("timeout", ""), most=3600)
    if not seconds:
        problems["timeout"] = _("Between 1 and 3600 seconds.")
    subject = _subject(sent, problems, found.subject if found else None)
    durability = sent.get("durability", "")
    if durability not in set(Durability):
        problems["durability"] = _("Choose one.")
    if problems or not seconds:
        return None
    begun = found or DataService(
        code=line(sent, "code"),
        address=f"{sent.get('provider', '')}/{line(sent, 'service')}",
        name_fa="",
        base_urls=(),
    )
    return replace(
        begun,
        name_fa=line(sent, "name_fa"),
        name_en=line(sent, "name_en"),
        base_urls=lines(sent.get("base_urls", "")),
        timeout_ms=seconds * 1000,
        subject=subject,
        trusted_certificates=_certificates(sent.get("trusted", "")),
        durability=Durability(durability),
        health_path=line(sent, "health_path"),
        may_cache=sent.get("may_cache") == "yes",
    )


def _subject(sent: QueryDict, problems: Problems, known: SubjectPlace | None) -> SubjectPlace | None:
    where = one_of(sent.get("subject_in", ""), [Option(str(one), "") for one in SubjectIn])
    if not where:
        return None
    try:
        return SubjectPlace(
            where=SubjectIn(where), at=line(sent, "subject_at"), required=known.required if known else True
        )
    except EnvelopeError:
        problems["subject_at"] = _("This names no place in a request.")
        return None


def _certificates(typed: str) -> tuple[str, ...]:
    """Return the PEM certificates of a text, each on its own."""
    end = "-----END CERTIFICATE-----"
    return tuple(f"{piece.strip()}\n{end}\n" for piece in typed.replace("\r\n", "\n").split(end)[:-1])


def finding_lines(findings: object) -> list[dict[str, object]]:
    """Return what is said of a description in words, what hinders first."""
    found: Iterable[Finding] = findings  # type: ignore[assignment]  # as the refusal and the action give it
    return [
        {
            "said": word("description-finding", one.code),
            "at": one.at,
            "detail": one.detail,
            "hinders": one.hinders,
        }
        for one in list(found)[:MOST_FINDINGS]
    ]
