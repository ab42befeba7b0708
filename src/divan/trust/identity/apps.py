"""Identity as a Django app; reads settings once into typed options."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import AppConfig, apps


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityOptions:
    """What identity is told by the installation.

    ``secret`` keys the digests of codes and the encryption of authenticator secrets. The homes
    are where people arrive after signing in: paths or URL names.
    """

    rehearsal: bool
    secret: str
    base_url: str
    sign_on_issuer: str
    sign_on_client_id: str
    sign_on_client_secret: str
    citizen_home: str = "/"
    staff_home: str = "/"


class IdentityApp(AppConfig):
    """Accounts, sign-in, the actor of a request, inquiries."""

    name = "divan.trust.identity"
    label = "identity"
    options: IdentityOptions

    def ready(self) -> None:
        """Read the settings and declare the subjects."""
        from django.conf import settings  # noqa: PLC0415 (settings are complete only now)

        from divan.foundation import facts  # noqa: PLC0415 (models load after the app registry)
        from divan.trust.identity import models  # noqa: PLC0415 (as above)

        self.options = settings.IDENTITY
        for model in (models.Account, models.SignInChallenge, models.Inquiry, models.DirectoryLink):
            facts.register_subject(model.subject_kind, facts.subjects_of(model))


def options() -> IdentityOptions:
    """Return what the installation told identity."""
    app = apps.get_app_config("identity")
    assert isinstance(app, IdentityApp)  # noqa: S101 (the label is ours)
    return app.options
