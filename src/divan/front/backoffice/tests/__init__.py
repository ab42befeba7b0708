"""Tests of the door backoffice."""
