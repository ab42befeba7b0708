"""Tests of the staff that a directory tells."""
