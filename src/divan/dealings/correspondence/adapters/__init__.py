"""Whom correspondence calls: nobody outside yet; the scanner's pages are joined here."""
