"""Browsers of whoever holds a post of the workshop's province."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people
from divan.trust.identity import actions as identity
from divan.trust.identity.models import Account


def browser_of(person, world) -> Client:
    """Return a browser reading English in which an employee has signed in."""
    account = Account.objects.filter(person__uuid=person.uuid).first()
    if account is None:
        uuid = identity.create_staff_account(
            person=person.uuid, username=person.national_code, actor=SYSTEM, now=world.now
        )
        account = Account.objects.get(uuid=uuid)
    client = Client()
    client.cookies["divan_language"] = "en"
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = {"account": str(account.uuid), "factor": "totp"}
    session.save()
    return client


def holders(world) -> Callable[[str], Client]:
    """Return how to get the browser of whoever holds a post now, by the post's code."""

    def of_post(code: str) -> Client:
        return browser_of(people.holder_of(people.get_post_by_code(code).uuid, world.now), world)

    return of_post
