"""Doors: pages and HTTP interfaces over the contexts below; no tables."""
