"""Migrations of signing."""
