"""The projection of versions that were published before it existed is read from their packages."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from divan.registers.catalogue import models
from divan.registers.catalogue.tests.written import publish, written

MIGRATION = import_module("divan.registers.catalogue.migrations.0004_lists_and_visits")
NEW = ("audience", "identifier", "broader", "narrower", "life_events", "audience_groups", "ways")


def test_older_versions_are_filled_as_a_new_publication_would_and_stand_again(world):
    ways = [{"stage": "request", "channel": "in-person", "electronic": False, "reason": "visit"}]
    ways += [
        {"stage": stage, "channel": "internet", "electronic": True}
        for stage in ("information", "production", "delivery")
    ]
    publish(world, written("birth", "ثبت", sub_services=["late"], audience_groups=["families"], access=ways))
    published = list(models.ServiceVersion.objects.order_by("id").values(*NEW))
    with connection.cursor() as cursor:
        # What was published just now waits for checks of its keys; in a migration nothing does.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE catalogue_serviceversion DISABLE TRIGGER version_stands")
        models.ServiceVersion.objects.update(
            audience="x", identifier="x", broader="x", narrower=[], life_events=[], audience_groups=[], ways=[]
        )

    with connection.schema_editor() as editor:
        MIGRATION.project(apps, editor)

    assert list(models.ServiceVersion.objects.order_by("id").values(*NEW)) == published
    with pytest.raises(DatabaseError), transaction.atomic():
        models.ServiceVersion.objects.update(identifier="9")
