"""What signing does later: make and sign the documents that have their receipt."""

from __future__ import annotations

import logging
from datetime import datetime

from divan.foundation.actors import SYSTEM
from divan.foundation.errors import Refusal, Trouble
from divan.trust.signing import actions
from divan.trust.signing.adapters import authorities
from divan.trust.signing.apps import options

logger = logging.getLogger(__name__)

AT_ONCE = 50


def issue_documents(now: datetime) -> int:
    """Issue the ready documents, 50 at most; return how many were issued or found to be impossible.

    Where a key, a font or the timestamp authority fails, the document at hand waits and the rest are left for the next
    look, so that a dead authority is not asked once for each.
    """
    done = 0
    try:
        timestamper = authorities.timestamper(options(), lambda: now)
        while done < AT_ONCE and actions.issue_next_document(timestamper=timestamper, actor=SYSTEM, now=now):
            done += 1
    except (Trouble, Refusal) as trouble:
        logger.warning("no document can be issued now: %s", trouble)
    return done
