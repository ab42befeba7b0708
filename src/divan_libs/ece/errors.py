"""Why a letter, a receipt or a mail is not read or not written; each refusal carries a stable code and its place."""


class EceRefusal(ValueError):
    """What was given cannot be read or written as asked; nothing of it is taken.

    ``code`` is stable and is what faces translate; ``place`` names the element (``Letter/Origins/Origin[2]``) and
    ``line`` the line of the XML, where there is one; ``facts`` carries the data behind it. No text of the letter is
    repeated: it may name a person, and errors are logged.
    """

    def __init__(self, code: str, *, place: str = "", line: int | None = None, **facts: object) -> None:
        self.code = code
        self.place = place
        self.line = line
        self.facts = facts
        where = [f"line {line}"] if line is not None else []
        details = [*filter(None, [place]), *where, *(f"{name}={value!r}" for name, value in facts.items())]
        super().__init__(f"{code} ({', '.join(details)})" if details else code)


class MailTrouble(Exception):
    """A mail server could not be reached, broke off or asks to come back later; trying again may help.

    ``code`` is stable; ``reason`` is for the operator's log.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
