"""The whole story, from the villager's wish to the forger's failure."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from divan.project.configuration import Configuration
from divan.project.journey import applying, auditing, deciding, proving
from divan.project.journey.narration import Narrator
from divan.project.journey.play import Play
from divan.project.journey.telephone import Telephone
from divan.project.journey.visitors import NothingThere, Visitor
from divan.project.verifier.trust import EVIDENCE_KEYS, read_trust


def run(configuration: Configuration, *, url: str, quick: bool, console: Console) -> int:
    """Play the story against a running installation of this machine; return how many steps held.

    ``quick`` leaves out the forgeries in a scratch copy.

    :raises NothingThere: if no rehearsal answers at the URL, or another installation than the configured one.
    :raises StoryBroken: at the first thing that is not as it should be.
    """
    _require_ours(configuration, url)
    trust = read_trust(configuration.data / "trust", evidence_keys=configuration.data / "gateway" / EVIDENCE_KEYS)
    play = Play(base_url=url, narrator=Narrator(console), telephone=Telephone(_inbox(url)))
    try:
        play.narrator.chapter("Before")
        proving.note_checkpoint_before(play, trust)
        deciding.note_answered_before(play)
        applying.visit_by_national_sign_on(play)
        applying.apply(play)
        deciding.decide(play)
        proving.receive(play)
        proving.verify_as_strangers(play, trust)
        proving.check_the_exchange(play, trust)
        deciding.see_one_more_answered(play)
        proving.check_the_log(play, trust)
        if not quick:
            auditing.forge(play, configuration.data)
    finally:
        play.close()
    console.print(
        f"\nThe story holds: {play.narrator.steps} steps in {play.narrator.seconds():.1f} s, case {play.number}."
    )
    return play.narrator.steps


def _inbox(url: str) -> str:
    """Return where the rehearsal of the installation at a URL shows its messages: two ports above."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{(parts.port or 8000) + 2}/sms/inbox"


def _require_ours(configuration: Configuration, url: str) -> None:
    """Refuse to judge one installation by the data of another: both must have the log of the same name."""
    visitor = Visitor("journey", url)
    try:
        visitor.open("/-/health")
        published = visitor.open("/log/checkpoint").content.split(b"\n", 1)[0]
    finally:
        visitor.close()
    kept = configuration.data / "tlog" / "checkpoint"
    if not kept.is_file() or kept.read_bytes().split(b"\n", 1)[0] != published:
        raise NothingThere(
            f"the installation at {url} is not the one whose data lie in {_short(configuration.data)}: "
            "set PORT (or DIVAN_DATA) as it was started with"
        )


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
