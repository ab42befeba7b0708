"""Looks into messages where the snapshot says so: holds them to descriptions, keeps answers, hides fields."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from divan_gateway.admission import Admission
from divan_gateway.bodies import BodyTooLarge, collect
from divan_gateway.caching import AnswerCache, Key
from divan_gateway.hiding import CannotHide, hide
from divan_gateway.metrics import Count, Metrics
from divan_gateway.outbound import ProviderFailure
from divan_gateway.testimony import Message
from divan_gateway.wire import Answer, MessageBreach, Request
from divan_libs.envelope import errors
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.snapshot import Validation

if TYPE_CHECKING:
    from divan_gateway.validation import Description

logger = logging.getLogger(__name__)

_AT_ONCE_OCTETS = 16 * 1024


class Inspection:
    """What is done with the contents of messages. ``buffer`` is the size of the largest body that is held for it."""

    def __init__(self, metrics: Metrics, *, buffer: int, cache_octets: int) -> None:
        self._metrics = metrics
        self._buffer = buffer
        self._cache = AnswerCache(cache_octets)

    async def check_request(self, admission: Admission, request: Request) -> None:
        """Hold a request to the description of its service.

        :raises ExchangeRefusal: it does not follow it and the service enforces it.
        """
        mode = admission.route.service.validation
        if mode is Validation.OFF or request.stream is not None:
            return
        method, target = request.method.decode("ascii"), admission.target

        def check(description: Description) -> None:
            description.check_request(method, admission.path, target.query, request.headers, request.body)

        breach = await self._breach(admission, check, len(request.body))
        if breach is None:
            return
        self._report(Count.INVALID_REQUESTS, admission, breach)
        if mode is Validation.ENFORCE:
            raise errors.invalid_request(f"The request does not follow the description of the service: {breach}")

    async def look_into(self, message: Message, answer: Answer) -> None:
        """Change an answer into what its client may see.

        :raises ProviderFailure: it breaks the description, or cannot be looked into as it must; nothing of it goes out.
        """
        admission = message.admission
        if not admission.looks_into_answer:
            return
        mode, hidden = admission.route.service.validation, admission.permit.hidden
        try:
            if answer.stream is not None and (hidden or mode is Validation.ENFORCE):
                answer.body = await collect(answer.body, answer.stream, self._buffer)
                answer.stream = None
            if mode is not Validation.OFF and answer.stream is None:
                await self._check_answer(message, answer)
            if hidden:
                hide(answer, hidden, to_head=message.method == b"HEAD")
        except (BodyTooLarge, CannotHide) as error:
            raise _withheld(answer, errors.provider_failed("The answer cannot be looked into as it must be")) from error
        except ExchangeRefusal as refusal:
            raise _withheld(answer, refusal) from refusal

    async def _check_answer(self, message: Message, answer: Answer) -> None:
        admission = message.admission
        if message.method == b"HEAD":
            return

        def check(description: Description) -> None:
            description.check_answer(message.method.decode("ascii"), admission.path, answer)

        breach = await self._breach(admission, check, len(answer.body))
        if breach is None:
            return
        self._report(Count.INVALID_ANSWERS, admission, breach)
        if admission.route.service.validation is Validation.ENFORCE:
            raise errors.invalid_answer(f"The answer does not follow the description of the service: {breach}")

    async def _breach(self, admission: Admission, check: Callable[[Description], None], octets: int) -> str | None:
        description = admission.route.description
        if description is None:
            return "the description itself cannot be used"
        try:
            if octets > _AT_ONCE_OCTETS:
                # Other messages go on meanwhile.
                await asyncio.get_running_loop().run_in_executor(None, check, description)
            else:
                check(description)
        except MessageBreach as breach:
            return str(breach)
        return None

    def _report(self, count: Count, admission: Admission, breach: str) -> None:
        self._metrics.add(count)
        logger.warning("%s, service %s: %s", count.name.lower(), admission.route.encoded_id, breach)

    def find_kept(self, message: Message, now: float) -> Answer | None:
        """Return an answer that was kept for such a question."""
        key = _key(message)
        if key is None:
            return None
        answer = self._cache.find(key, message.headers, now)
        if answer is not None:
            self._metrics.add(Count.FROM_CACHE)
        return answer

    def keep(self, message: Message, answer: Answer, now: float) -> None:
        """Keep an answer if its service and its provider allow it."""
        key = _key(message)
        if key is not None:
            self._cache.keep(key, message.headers, answer, now)


def _key(message: Message) -> Key | None:
    admission = message.admission
    if not admission.route.service.may_cache or message.method != b"GET" or message.request_size != 0:
        return None
    return (admission.client.encoded(), admission.route.encoded_id, admission.target.raw())


def _withheld(answer: Answer, refusal: ExchangeRefusal) -> ProviderFailure:
    if answer.give_up is not None:
        answer.give_up()
    return ProviderFailure(refusal, sent_at=answer.sent_at)
