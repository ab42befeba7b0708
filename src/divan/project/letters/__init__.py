"""Letters between installations: how two of them meet at the exchange, and a story that shows it."""
