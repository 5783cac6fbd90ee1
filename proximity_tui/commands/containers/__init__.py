"""Commands about containers: list, show, adopt, create, clone, delete, power, operations."""
