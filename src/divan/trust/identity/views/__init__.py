"""How people enter: citizens by code or national sign-on, staff by password and a second factor."""
