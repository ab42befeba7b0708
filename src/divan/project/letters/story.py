"""The story of letters between two provinces and the centre, each a whole installation with database and gateway.

The second province and the centre are brought to life for it beside the running one; the second is cut from power in
the middle of sending and of receiving. Every step is checked by asking all sides, and waits for what it needs to see.
"""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from rich.console import Console

from divan.project.configuration import Configuration
from divan.project.letters.houses import House, StoryBroken, free_ports, wait_for

PORTS_APART = 50
TRIES = 3
SECOND, CENTRE = "HM/GOV/governor-office/divan", "CT/GOV/interior-ministry/divan"
DUPLICATES = (
    ("same", "registered", "brought again it is known there"),
    ("other", "correspondence.key-taken", "another letter under its key is refused"),
    ("altered", "exchange.seal-unfit", "altered after it was sealed it is refused"),
    ("unsealed", "exchange.seal-unfit", "without its seal it is refused"),
    ("replayed", "exchange.seal-stale", "under a seal an hour old it is refused"),
)
"""What is tried with a letter that arrived, and what the other side says to it."""


@dataclass(slots=True)
class Story:
    """The three houses, and what was seen to hold."""

    first: House
    second: House
    centre: House
    console: Console
    begun: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    held: int = 0
    cards: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def houses(self) -> tuple[House, House, House]:
        """All three."""
        return self.first, self.second, self.centre

    def holds(self, what: str, *, true: bool) -> None:
        """Say a step and see that it holds.

        :raises StoryBroken: if it does not.
        """
        if not true:
            raise StoryBroken(what)
        self.held += 1
        self.console.print(f"  {self.held:>2}. {what}", soft_wrap=True)

    def meet(self) -> None:
        """Let every two agree on each other's cards, after one that was tampered with."""
        self.cards = {house.name: house.do("card") for house in self.houses}
        forged = self.first.do(
            "agree", self.cards[self.second.name]["card"], self.cards[self.centre.name]["fingerprint"]
        )
        said = forged.get("refused")
        self.holds(
            f"a card with another fingerprint is not agreed upon: {said}", true=said == "exchange.peer-card-differs"
        )
        for one, other in ((self.first, self.second), (self.first, self.centre), (self.second, self.centre)):
            here, there = self._agree(one, other), self._agree(other, one)
            same = (here["theirs"], here["ours"]) == (there["ours"], there["theirs"])
            self.holds(
                f"{one.name} and {other.name} agreed on cards {here['ours'][:8]}… and {here['theirs'][:8]}…", true=same
            )

    def _agree(self, one: House, other: House) -> dict[str, Any]:
        return one.do("agree", self.cards[other.name]["card"], self.cards[other.name]["fingerprint"])

    def written(self, sender: House, *receivers: House, kind: str = "letter") -> dict[str, Any]:
        """Write, sign and send a letter."""
        to = [f"{self.cards[one.name]['address']}={one.name}" for one in receivers]
        subject = f"Story: {sender.name} to {' and '.join(one.name for one in receivers)}"
        letter = sender.do("write", subject, kind, *to)
        # The worker makes the signed document; only then does the letter lie at the dispatch desk.
        wait_for(lambda: sender.do("send", letter["letter"])["sent"], "the signed letter lies at the desk")
        return letter

    def state(self, sender: House, letter: dict[str, Any], receiver: House) -> dict[str, Any]:
        """Tell how a letter stands with one receiver."""
        told: dict[str, Any] = sender.do("state", letter["letter"])[self.cards[receiver.name]["subsystem"]]
        return told

    def stands(self, sender: House, letter: dict[str, Any], receiver: House, state: str) -> dict[str, Any]:
        """Wait until a letter stands so at its sender."""

        def looked() -> dict[str, Any] | None:
            told = self.state(sender, letter, receiver)
            return told if told["state"] == state else None

        told: dict[str, Any] = wait_for(looked, f"letter {letter['number']} to {receiver.name} is {state}")
        return told

    def arrived(self, sender: House, letter: dict[str, Any], receiver: House) -> list[dict[str, Any]]:
        """Return what arrived of a letter; other senders, and those of an earlier story, may count as it does."""
        subsystem, number = self.cards[sender.name]["subsystem"], letter["number"]
        found: list[dict[str, Any]] = receiver.do("arrivals", subsystem, number, self.begun)["arrivals"]
        return found

    def delivered(self, sender: House, letter: dict[str, Any], receiver: House) -> str:
        """See that a letter arrives once, sealed; return what arrived."""
        self.stands(sender, letter, receiver, "delivered")
        found = self.arrived(sender, letter, receiver)
        once = len(found) == 1 and found[0]["sealed"]
        self.holds(
            f"letter {letter['number']} lies at {receiver.name} once, under the seal of {sender.name}", true=once
        )
        return str(found[0]["uuid"])

    def registered(self, sender: House, letter: dict[str, Any], receiver: House, arrival: str) -> None:
        """Register what arrived, and see the number come back."""
        theirs = receiver.do("register", arrival)["number"]
        told = self.stands(sender, letter, receiver, "registered")
        self.holds(
            f"registered at {receiver.name}, its number {theirs} stands at {sender.name}", true=told["number"] == theirs
        )

    def passed(self, sender: House, *receivers: House, kind: str = "letter") -> dict[str, Any]:
        """Send a letter, and see it registered at every receiver."""
        letter = self.written(sender, *receivers, kind=kind)
        for receiver in receivers:
            self.registered(sender, letter, receiver, self.delivered(sender, letter, receiver))
        return letter

    def duplicates(self, letter: dict[str, Any]) -> None:
        """Bring a registered letter once more, as it was and otherwise; nothing arrives twice."""
        for how, wanted, what in DUPLICATES:
            said = wait_for(partial(self._word, letter, how), f"the other side says something when it is {how}")
            self.holds(f"{what}: {said}", true=said == wanted)
        self.holds("nothing arrived twice", true=len(self.arrived(self.first, letter, self.second)) == 1)
        third, there = self.cards[self.centre.name]["subsystem"], self.cards[self.second.name]["subsystem"]
        foreign = wait_for(lambda: self.first.do("speak_for", third, there)["said"], "the gateway says something")
        refused = foreign == "server.clientproxy.ssl_authentication_failed"
        self.holds(f"{self.first.name} cannot speak in the name of {self.centre.name}: {foreign}", true=refused)

    def _word(self, letter: dict[str, Any], how: str) -> str:
        """Return the other side's word, or nothing: a busy gateway that lets a call fall says none for it."""
        said = str(self.first.do("again", letter["letter"], how)["said"])
        nothing = said.startswith("exchange.server.") or said in {"exchange.silent", "correspondence.no-answer"}
        return "" if nothing else said

    def cut_while_sending(self) -> dict[str, Any]:
        """Kill the second province after its letter was taken over and before it is noted there."""
        self.second.kill()
        self.second.start(fault="dispatch.after-carry")
        letter = self.written(self.second, self.first)
        self._fallen(letter)
        # It falls as well when a busy gateway let the letter fall; then it is cut at the next try.
        for _ in range(TRIES):
            if self.arrived(self.second, letter, self.first):
                break
            self.second.launch(fault="dispatch.after-carry")
            self._fallen(letter)
        found = self.arrived(self.second, letter, self.first)
        self.holds(
            f"{self.second.name} is killed while it sends {letter['number']}: {self.first.name} has it once",
            true=len(found) == 1,
        )
        return letter

    def _fallen(self, letter: dict[str, Any]) -> None:
        try:
            wait_for(lambda: self.second.has_fallen, f"{self.second.name} falls while it sends")
        except StoryBroken as broken:
            told = self.state(self.second, letter, self.first)
            raise StoryBroken(f"{broken}; of the letter it says {told}") from broken

    def cut_while_receiving(self) -> dict[str, Any]:
        """Kill the second province between a letter's files and its row."""
        self.second.start(fault="parcel.before-intake")
        letter = self.written(self.first, self.second)
        # There the web process brings a killed one of its own back, and it is killed again at each try.
        waits = wait_for(lambda: self._waits(letter), "the sender notes that nobody took it")
        what = f"{self.second.name} is killed while it takes {letter['number']} in"
        self.holds(
            f"{what}: it waits at {self.first.name} ({waits})",
            true=not self._lies(letter),
        )
        self.second.kill()
        return letter

    def _waits(self, letter: dict[str, Any]) -> str:
        told = self.state(self.first, letter, self.second)
        return str(told["waits_for"]) if told["attempts"] else ""

    def cuts(self) -> None:
        """Cut both ways, and see that neither letter is lost or doubled, nor the number of one."""
        outgoing = self.cut_while_sending()
        incoming = self.cut_while_receiving()
        self.second.start()
        arrival = self.delivered(self.second, outgoing, self.first)
        self.registered(self.second, outgoing, self.first, arrival)
        arrival = self.delivered(self.first, incoming, self.second)
        theirs = self.second.do("register", arrival)["number"]
        self.second.kill()
        self.second.start()
        told = self.stands(self.first, incoming, self.second, "registered")
        self.holds(
            f"{self.second.name} is killed right after registering; its number {theirs} comes back",
            true=told["number"] == theirs and len(self.arrived(self.first, incoming, self.second)) == 1,
        )

    def parting(self) -> None:
        """End an agreement on one side: letters wait with the reason, and arrive after it is renewed."""
        self.second.do("part", self.cards[self.first.name]["subsystem"])
        letter = self.written(self.first, self.second)
        said = wait_for(lambda: self._waits(letter), "the letter waits with a reason")
        self.holds(
            f"after {self.second.name} ended the agreement its gateway refuses {letter['number']}: {said}",
            true=said == "exchange.there.server.clientproxy.ssl_authentication_failed" and not self._lies(letter),
        )
        self._agree(self.second, self.first)
        self.first.do("hurry", letter["letter"])
        self.delivered(self.first, letter, self.second)

    def _lies(self, letter: dict[str, Any]) -> bool:
        return bool(self.arrived(self.first, letter, self.second))

    def tell(self) -> None:
        """Tell it all."""
        self.meet()
        self.duplicates(self.passed(self.first, self.second))
        self.passed(self.first, self.centre)
        self.passed(self.centre, self.first, self.second, kind="circular")
        self.cuts()
        self.parting()
        for house in self.houses:
            found = house.do("whole")["findings"]
            self.holds(f"every row of {house.name} agrees with its facts and the log{''.join(found)}", true=not found)


def _brought_up(configuration: Configuration, name: str, port: int, subsystem: str) -> House:
    """Return an installation that is not alive yet, beside the running one."""
    code = name.replace(" ", "-")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DIVAN_") and key != "PORT"}
    own = {
        "PORT": str(port),
        "DIVAN_DATA": str(configuration.data / code),
        "DIVAN_EXCHANGE_SUBSYSTEM": subsystem,
        "DIVAN_EXCHANGE_SERVER": f"{subsystem.rpartition('/')[0]}/gateway",
    }
    return House(name, port, kept | own, configuration.data / "log" / f"{code}.log")


def run(configuration: Configuration, console: Console) -> None:
    """Tell the story against the running installation.

    :raises StoryBroken: at the first step that does not hold.
    """
    own = {"DIVAN_PORT": str(configuration.port), "DIVAN_DATA": str(configuration.data)}
    log = configuration.data / "log" / "letters.log"
    first = House("first province", configuration.port, {**os.environ, **own}, log)
    if not first.is_up():
        raise StoryBroken(f"no installation answers at port {first.port}; start one with `divan up`")
    port = free_ports(configuration.port + PORTS_APART)
    second = _brought_up(configuration, "second province", port, SECOND)
    centre = _brought_up(configuration, "centre", free_ports(port + PORTS_APART), CENTRE)
    story = Story(first, second, centre, console)
    # Ended from outside, it takes the houses that it brought to life with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for house in (second, centre):
            shutil.rmtree(house.environment["DIVAN_DATA"], ignore_errors=True)
            house.launch()
        for house in (second, centre):
            house.await_life()
            story.holds(f"{house.name} lives at port {house.port}, with database and gateway of its own", true=True)
        story.tell()
    except StoryBroken:
        # Their folders are removed below, and whoever reads this may have no other trace of what happened.
        for house in (second, centre):
            console.print(house.last_words(), markup=False, soft_wrap=True)
        raise
    finally:
        for house in story.houses:
            house.stop()
        for house in (second, centre):
            shutil.rmtree(house.environment["DIVAN_DATA"], ignore_errors=True)
    console.print(f"All {story.held} steps held.")
