"""Import contract: a context is entered only through its faces."""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FacesContract(Contract):
    """Forbid importing anything of another context but its faces (actions, queries, values)."""

    storeys = fields.ListField(subfield=fields.StringField())
    faces = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField(), required=False)
    door_users = fields.ListField(subfield=fields.StringField(), required=False)
    exempt_importers = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 (import-linter's signature)
        """Collect every import that passes a wall beside its face."""
        contexts = sorted(context for storey in self.storeys for context in graph.find_children(storey))
        broken = sorted(
            (importer, module)
            for context in contexts
            for module in graph.find_descendants(context)
            for importer in graph.find_modules_that_directly_import(module)
            if not self._may_enter(importer, context, module)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _may_enter(self, importer: str, context: str, module: str) -> bool:
        face = module.removeprefix(context + ".").split(".")[0]
        if face in self.faces or _inside(importer, context):
            return True
        if face in (self.doors or []) and any(_inside(importer, user) for user in self.door_users or []):
            return True
        return any(part in importer.split(".") for part in self.exempt_importers or [])

    def render_broken_contract(self, check: Any) -> None:
        """Name each importer that reaches past a face."""
        for importer, module in check.metadata["broken"]:
            output.print_error(f"{importer} reaches past the faces of a context: {module}")


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")
