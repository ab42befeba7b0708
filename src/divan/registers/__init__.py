"""What the government knows: services, people and bodies, places."""
