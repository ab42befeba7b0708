"""Accounts, credentials, challenges, sign-on and inquiries."""
