"""Tests of the door api."""
