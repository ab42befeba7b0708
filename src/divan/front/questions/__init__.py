"""Questions of a service package as fields of a page, for every door that asks them."""
