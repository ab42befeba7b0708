"""Tests of the gateway: real processes, real sockets on loopback, real certificates."""
