"""The project as a Django app: the composition of what storeys may not know of each other."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectApp(AppConfig):
    """Settings, composition, launcher and rehearsal; keeps nothing."""

    name = "divan.project"
    label = "project"

    def ready(self) -> None:
        """Tell the worklist how the lines of cases go to another post, which correspondence may not know."""
        from divan.dealings.cases import actions as cases  # noqa: PLC0415 (models load after the app registry)
        from divan.dealings.correspondence import values as worklist  # noqa: PLC0415 (as above)

        worklist.register_mover("cases.task", cases.move_task)
        worklist.register_mover("cases.referral", cases.move_referral)
