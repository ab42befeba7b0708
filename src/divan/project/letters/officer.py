"""A process in which the officers of one installation act for the story: a deed a line, in JSON, then what it saw."""

from __future__ import annotations

import json
import os
import sys
import traceback


def main() -> None:
    """Do what is asked on the standard input until it ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from django.db import connection  # noqa: PLC0415 (Django is ready only now)

    from divan.project.letters.side import DEEDS  # noqa: PLC0415 (as above)

    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            told: dict[str, object] = {"told": DEEDS[name](*arguments)}
        except Exception:  # noqa: BLE001 (whatever it is, the story names it and ends)
            told = {"broken": traceback.format_exc()[-1500:]}
        finally:
            # The installation may be killed before the next deed, and its database with it.
            connection.close()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
