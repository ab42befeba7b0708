"""Tests of the house itself: its plan, its habits, its documents."""
