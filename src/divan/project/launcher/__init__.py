"""What starts and stops the processes of an installation: its own PostgreSQL, and `divan up` around them all."""
