"""What people see in the portal, by subject."""
