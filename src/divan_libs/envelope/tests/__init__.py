"""Tests of the exchange protocol library."""
