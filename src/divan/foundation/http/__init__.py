"""How requests enter: access declared on every route, the actor of a request, refusals turned into pages."""
