"""Applications, their steps, decisions, documents and clocks."""
