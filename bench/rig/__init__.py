"""What the benches stand on: a scratch house, people and cases in it, and a load generator."""
