"""Tests of the package language."""
