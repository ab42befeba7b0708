"""The staff that a directory service (LDAP, Active Directory) tells, weighed against who stands in the house."""
