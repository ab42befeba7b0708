"""How a log's files are served: the headers that what never changes deserves, by path."""

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, COSIGNED_PATH

NEVER_CHANGES = "public, max-age=31536000, immutable"
MAY_LEAVE = "public, max-age=3600"
"""A partial tile never changes either, but leaves once the full one is there."""
ASK_EACH_TIME = "no-cache"


def cache_control(path: str) -> str:
    """Return the ``Cache-Control`` of a published file."""
    if path in {CHECKPOINT_PATH, COSIGNED_PATH}:
        return ASK_EACH_TIME
    return MAY_LEAVE if ".p/" in path else NEVER_CHANGES


def content_type(path: str) -> str:
    """Return the ``Content-Type`` of a published file."""
    if path in {CHECKPOINT_PATH, COSIGNED_PATH}:
        return "text/plain; charset=utf-8"
    return "application/octet-stream"
