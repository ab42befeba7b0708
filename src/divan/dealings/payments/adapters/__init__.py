"""Whom payments calls: the bank."""
