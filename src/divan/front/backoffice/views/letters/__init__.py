"""Pages of letters: drafts and their way to signature, the letter, and the register of what services issue."""
