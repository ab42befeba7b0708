"""How other systems enter with letters: through the exchange, and as products of bodies."""
