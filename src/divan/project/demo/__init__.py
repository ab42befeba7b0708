"""The demo province: places, bodies, people and services, loaded once and harmless to load again."""
