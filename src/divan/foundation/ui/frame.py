"""What stands around the matter of a page, as a value that the composition of the house fills for each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A way to somewhere.

    ``current`` marks the place where one is; ``count`` stands beside the label (a worklist's cases), ``late`` colours
    it; ``hidden`` is read to people who do not see what the link stands beside ("Change" + "the village").
    """

    url: str
    label: str
    current: bool = False
    count: int | None = None
    late: bool = False
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links of the back office under one heading."""

    title: str
    links: Sequence[Link]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """Everything around the matter of a page; the context processor gives it to templates as ``frame``.

    Every part may be absent: a page without a frame still stands, so that an answer to a defect can be shown.
    ``rehearsal_links`` lead to the role switch and the demonstration phone; ``sign_out`` is the address of a POST.
    ``phase`` leads from the phase banner to what works and what does not yet.
    """

    home: str = "/"
    place: str = ""
    rehearsal: bool = False
    rehearsal_links: Sequence[Link] = ()
    phase: Link | None = None
    navigation: Sequence[Link] = ()
    office_navigation: Sequence[LinkGroup] = ()
    account: Sequence[Link] = ()
    footer: Sequence[Link] = ()
    person: str = ""
    post: str = ""
    sign_out: str = ""
    language_url: str = "/language"
    here: str = "/"
