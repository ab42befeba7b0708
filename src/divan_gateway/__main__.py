"""``python -m divan_gateway``: the exchange's data plane, configured by ``DIVAN_GATEWAY_*``."""

from __future__ import annotations

import logging
import sys

from divan_gateway.settings import Settings, SettingsError
from divan_gateway.supervision import CannotStart, serve
from divan_libs.envelope.errors import EnvelopeError


def main() -> int:
    """Run the gateway; return 2 with one clear line when it cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s gateway[%(process)d] %(levelname)s %(message)s")
    try:
        return serve(Settings.from_environment())
    except (SettingsError, CannotStart, EnvelopeError) as error:
        sys.stderr.write(f"divan gateway: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
