"""Tests of what starts and stops an installation: each trap of a real machine is one of them."""
