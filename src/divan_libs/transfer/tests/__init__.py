"""Tests of handing archives over."""
