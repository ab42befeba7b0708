"""What correspondence decides."""

from __future__ import annotations

from divan.dealings.correspondence.values import LetterNotSigned, LetterState


def require_signed(state: LetterState) -> None:
    """Refuse to file what is not fully signed.

    :raises LetterNotSigned: unless the letter is signed.
    """
    if state is not LetterState.SIGNED:
        raise LetterNotSigned
