"""The civil registry and the register of mobile numbers of an invented country."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from divan.project.rehearsal.behaviour import Behaviours, Mode
from divan.project.rehearsal.cast import CAST, CastMember, by_national_code
from divan.project.rehearsal.declared import InventedPerson, person_by_code


class CivilRegistry:
    """Who bears a national code: ``GET /civil-registry/persons/{code}``.

    When it lies it tells of somebody else; when it repeats itself, of the one who was asked about before.
    """

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours
        self._before: tuple[dict[str, object], int] | None = None
        self.routes = [Route("/civil-registry/persons/{code}", self.person)]

    async def person(self, request: Request) -> JSONResponse:
        """Answer who bears a code, or 404 with the code ``no-record``."""
        if "x-road-client" not in request.headers:
            return _refuse_direct()
        mode = await self._behaviours.meet("civil-registry")
        code = request.path_params["code"]
        found: CastMember | InventedPerson | None = by_national_code(code) or person_by_code(code)
        if mode is Mode.LIE:
            found = next(one for one in CAST if one != found)
        answer: tuple[dict[str, object], int] = (_record(found), 200) if found else ({"code": "no-record"}, 404)
        if mode is Mode.REPEAT and self._before:
            answer = self._before
        self._before = answer
        return JSONResponse(*answer)


def _refuse_direct() -> JSONResponse:
    return JSONResponse({"code": "only-through-the-exchange"}, 403)


def _record(one: CastMember | InventedPerson) -> dict[str, object]:
    return {
        "national_code": one.national_code,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "father_name": one.father_name,
        "birth_date": one.birth_date.isoformat(),
        "alive": getattr(one, "alive", True),
    }


class MobileRegister:
    """Whether a mobile number is a person's: ``GET /mobile-register/owners?mobile=…&national_code=…``.

    The answer names what was asked, so that one that belongs to another question can be told. When it lies it gives
    an answer that is no truth value; when it repeats itself, the one to the question before.
    """

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours
        self._before: dict[str, object] | None = None
        self.routes = [Route("/mobile-register/owners", self.owner)]

    async def owner(self, request: Request) -> JSONResponse:
        """Answer whether both belong together; 400 when one of them is not given."""
        if "x-road-client" not in request.headers:
            return _refuse_direct()
        mode = await self._behaviours.meet("mobile-register")
        mobile, code = (request.query_params.get(name, "") for name in ("mobile", "national_code"))
        if not mobile or not code:
            return JSONResponse({"code": "incomplete"}, 400)
        found: CastMember | InventedPerson | None = by_national_code(code) or person_by_code(code)
        matched: object = found is not None and found.mobile == mobile
        answer = {"mobile": mobile, "national_code": code, "matched": "perhaps" if mode is Mode.LIE else matched}
        if mode is Mode.REPEAT and self._before:
            answer = self._before
        self._before = answer
        return JSONResponse(answer)
