"""Tests of the door portal."""
