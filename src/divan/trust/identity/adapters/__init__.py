"""Whom identity asks: registers behind the exchange, and the national sign-on."""
