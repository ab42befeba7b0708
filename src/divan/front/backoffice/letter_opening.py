"""What is asked when a letter opens a case: for whom, and what of the letter the form takes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.dealings.cases import queries as cases
from divan.dealings.cases.values import LetterApplicant, NewOpening
from divan.dealings.correspondence.values import LetterContent, LetterFile, PartyKind
from divan.foundation import files
from divan.foundation.ui.fields import Field, Option
from divan.front.backoffice.secretariat.reading import Problems, errors, line
from divan.front.texts.answers import problem_text
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceListing
from divan.registers.people import queries as people
from divan.registers.people.values import Person
from divan_libs.persian.identifiers import InvalidIdentifier, parse_mobile, parse_national_code
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import Package, Question

SENDER, OTHER = "sender", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningForm:
    """A letter beside the service that it asks for, with what the two have in common."""

    content: LetterContent
    service_code: str
    title: str
    sender: Person | None
    words_to: Sequence[Option]
    files_to: Sequence[tuple[LetterFile, Sequence[Option]]]


def services_of(body_code: str, language: str) -> list[ServiceListing]:
    """Return the services of a body that have a form here, by title."""
    listed = catalogue.list_services(language=language, body=body_code, inside=True)
    packages = {one.code: catalogue.get_package(one.version.uuid) for one in listed}
    return [one for one in listed if packages[one.code].form.pages and packages[one.code].flow.steps]


def opening_form(content: LetterContent, service: ServiceListing, language: str, now: datetime) -> OpeningForm:
    """Return what is asked when a letter opens a case of a service."""
    package = catalogue.get_package(service.version.uuid)
    context = Context(today=now.astimezone(TEHRAN).date())
    words = cases.questions_for_words(package, context) if content.wording.strip() else []
    return OpeningForm(
        content=content,
        service_code=service.code,
        title=service.title,
        sender=_sender(content),
        words_to=_options(words, package, language),
        files_to=[(one, _files_to(one, package, context, language)) for one in content.files],
    )


def _sender(content: LetterContent) -> Person | None:
    party = content.letter.sender
    if party is None or party.kind is not PartyKind.PERSON or party.uuid is None:
        return None
    return people.find_persons([party.uuid]).get(party.uuid)


def _files_to(one: LetterFile, package: Package, context: Context, language: str) -> list[Option]:
    media_type = files.get_file(one.file_uuid).media_type
    return _options(cases.questions_for_files(package, context, {media_type}), package, language)


def _options(questions: Sequence[Question], package: Package, language: str) -> list[Option]:
    return [Option(one.code, package.text(f"questions.{one.code}.label", language)) for one in questions]


def read_opening(form: OpeningForm, sent: QueryDict) -> tuple[NewOpening | None, Problems]:
    """Return what was asked for, or what is wrong with it."""
    problems: Problems = {}
    applicant = _read_applicant(form, sent, problems)
    if problems or applicant is None:
        return None, problems
    to = {file.file_uuid: line(sent, f"file-{number}") for number, (file, _options) in enumerate(form.files_to)}
    known = {option.value for option in form.words_to}
    wording_to = line(sent, "wording")
    return NewOpening(
        service_code=form.service_code,
        applicant=applicant,
        wording_to=wording_to if wording_to in known else "",
        files_to={file: question for file, question in to.items() if question},
    ), problems


def _read_applicant(form: OpeningForm, sent: QueryDict, problems: Problems) -> LetterApplicant | None:
    if form.sender is not None and sent.get("who", SENDER) != OTHER:
        return LetterApplicant(national_code=form.sender.national_code)
    code, mobile = _parsed(sent, "national_code", problems), line(sent, "mobile", 60)
    if mobile:
        mobile = _parsed(sent, "mobile", problems)
    known = people.find_person(code) if code else None
    if not problems and not mobile and not (known and known.mobile):
        problems["mobile"] = _("Write the mobile number: the register knows none, and the answer is told there.")
    if problems:
        return None
    return LetterApplicant(
        national_code=code,
        first_name=line(sent, "first_name", 100),
        last_name=line(sent, "last_name", 100),
        mobile=mobile,
    )


def _parsed(sent: QueryDict, name: str, problems: Problems) -> str:
    parse = parse_national_code if name == "national_code" else parse_mobile
    try:
        return parse(line(sent, name, 60))
    except InvalidIdentifier as error:
        problems[name] = problem_text(error.code, {})
        return ""


def opening_fields(form: OpeningForm, sent: QueryDict | None, problems: Mapping[str, str]) -> list[Field]:
    """Return the questions of the form; what only one question can take is proposed for it."""
    typed = sent if sent is not None else QueryDict()
    return [*_whom(form, typed, problems), *_taken(form, sent)]


def _whom(form: OpeningForm, typed: QueryDict, problems: Mapping[str, str]) -> list[Field]:
    fields: list[Field] = []
    if form.sender is not None:
        options = [
            Option(SENDER, form.sender.full_name, _("who wrote the letter")),
            Option(OTHER, _("Somebody else"), _("with the national code below")),
        ]
        fields.append(Field("who", "choice", _("Who applies?"), "", typed.get("who", SENDER), options=options))
    is_free = form.sender is not None
    said = _("Names are entered only for who is not in the register yet.")
    code = typed.get("national_code", "")
    fields.append(
        Field(
            "national_code",
            "national-code",
            _("National code of the applicant"),
            _("For a company: of whoever signed for it."),
            code,
            errors(problems, "national_code"),
            not is_free,
        )
    )
    fields.append(Field("first_name", "text", _("First name"), said, typed.get("first_name", ""), required=False))
    fields.append(Field("last_name", "text", _("Last name"), "", typed.get("last_name", ""), required=False))
    fields.append(
        Field("mobile", "mobile", _("Mobile"), "", typed.get("mobile", ""), errors(problems, "mobile"), required=False)
    )
    return fields


def _taken(form: OpeningForm, sent: QueryDict | None) -> list[Field]:
    stays = Option("", _("stays with the letter"))
    fields = []
    if form.words_to:
        value = _proposed(form.words_to) if sent is None else line(sent, "wording")
        options = [stays, *form.words_to]
        fields.append(
            Field("wording", "select", _("The words of the letter answer"), "", value, required=False, options=options)
        )
    for number, (file, known) in enumerate(form.files_to):
        if known:
            name = f"file-{number}"
            value = _proposed(known) if sent is None else line(sent, name)
            label = _("The file “%(name)s” goes to") % {"name": file.name}
            fields.append(Field(name, "select", label, "", value, required=False, options=[stays, *known]))
    return fields


def _proposed(options: Sequence[Option]) -> str:
    return options[0].value if len(options) == 1 else ""
