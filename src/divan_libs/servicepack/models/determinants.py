"""Determinants: conditions with a name, so that a rule of the law is written once and spoken of everywhere."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from divan_libs.servicepack.models.notation import Coded, ExpressionText, Name, Part

MAX_DETERMINANTS = 300


class Determinant(Part):
    """One condition over answers, facts, tables and other determinants; expressions see ``determinants.<code>``."""

    code: Name
    when: ExpressionText


class Determinants(RootModel[Annotated[Coded[Determinant], Field(max_length=MAX_DETERMINANTS)]]):
    """All determinants of a package; the file is optional."""

    model_config = {"frozen": True}

    root: Annotated[Coded[Determinant], Field(max_length=MAX_DETERMINANTS)] = ()

    def of(self, code: str) -> Determinant | None:
        """Return the determinant with this code, or None."""
        return next((determinant for determinant in self.root if determinant.code == code), None)
