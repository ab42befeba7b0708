"""The smallest Django there is: one view, no middleware, as many bytes as asked for. The peer of the house's pages.

``python -m bench.rig.bare PORT WORKERS`` serves it as `divan web` serves the house; ``BARE_BYTES`` is the size.
"""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"x" * int(os.environ.get("BARE_BYTES", "1"))


def page(_request: HttpRequest) -> HttpResponse:
    """Answer with the bytes."""
    return HttpResponse(BODY, headers={"Content-Length": len(BODY)})


urlpatterns = [path("", page)]

if not settings.configured:
    settings.configure(SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])  # noqa: S106 (nothing is signed)
application = get_wsgi_application()

if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from divan.project.serving import CONNECTIONS, THREADS

    Granian(
        target="bench.rig.bare:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        websockets=False,
        workers=int(sys.argv[2]),
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        log_level=LogLevels.warning,
    ).serve()
