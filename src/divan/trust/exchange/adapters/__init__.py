"""What the exchange touches outside the database: the gateway, its files, keys."""
