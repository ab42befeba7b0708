"""Persons, bodies and units, posts and memberships."""
