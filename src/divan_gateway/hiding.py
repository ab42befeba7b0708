"""Takes the fields that a permit hides out of JSON answers; what cannot be looked into does not pass."""

from __future__ import annotations

import json
from collections.abc import Sequence

from divan_gateway.wire import Answer
from divan_libs.envelope.headers import Header

_ALTERED = frozenset({b"content-md5", b"digest", b"content-digest", b"repr-digest", b"etag"})

_OF_PARTS = frozenset({b"accept-encoding", b"range", b"if-range"})


class CannotHide(Exception):
    """The answer is not JSON that can be looked into as a whole."""

    code = "gateway.cannot-hide"


def hide(answer: Answer, pointers: Sequence[str], *, to_head: bool) -> None:
    """Take what the pointers name out of an answer that is held whole; ``*`` stands for every member of its parent.

    Members are left out, elements of arrays become null. Headers that say something of the former octets go.

    :raises CannotHide: the answer has a body that is not whole, plain JSON.
    """
    kept = [header for header in answer.headers if header[0].lower() not in _ALTERED]
    if to_head:
        answer.headers, answer.content_length = kept, None
        return
    if not answer.body:
        return
    told = {name.lower(): value.lower() for name, value in answer.headers}
    media_type = told.get(b"content-type", b"").partition(b";")[0].strip()
    is_json = media_type == b"application/json" or media_type.endswith(b"+json")
    if answer.status == 206 or not is_json or told.get(b"content-encoding", b"identity") != b"identity":
        raise CannotHide
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise CannotHide from error
    for pointer in pointers:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        _remove(document, steps)
    answer.headers = kept
    answer.body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def plain_answer_wanted(headers: Sequence[Header]) -> list[Header]:
    """Return the headers of a question whose answer must be whole and not compressed, so that it can be looked into."""
    kept = [header for header in headers if header[0].lower() not in _OF_PARTS]
    return [*kept, (b"accept-encoding", b"identity")]


def _remove(node: object, steps: Sequence[str]) -> None:
    step, *rest = steps
    if isinstance(node, dict):
        names = list(node) if step == "*" else [step] if step in node else []
        for name in names:
            if rest:
                _remove(node[name], rest)
            else:
                del node[name]
    elif isinstance(node, list):
        is_place = step.isascii() and step.isdigit() and int(step) < len(node)
        for place in range(len(node)) if step == "*" else [int(step)] if is_place else []:
            if rest:
                _remove(node[place], rest)
            else:
                node[place] = None
