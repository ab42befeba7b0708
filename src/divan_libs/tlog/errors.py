"""The root of the refusals of this library."""


class TlogError(ValueError):
    """Something read from, or asked of, a log does not hold.

    ``code`` is stable and documented (``tlog.proof.root-differs``); ``facts`` carries the data behind it.
    The message is for developers; texts for people belong to the face that shows them.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        details = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{code} ({details})" if details else code)
