"""The project as a Django app: the composition of what storeys may not know of each other."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectApp(AppConfig):
    """Settings, composition, launcher and rehearsal; keeps nothing."""

    name = "divan.project"
    label = "project"
