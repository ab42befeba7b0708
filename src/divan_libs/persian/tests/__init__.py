"""Tests of Persian text, dates, clocks and identifiers."""
