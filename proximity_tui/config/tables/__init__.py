"""The tables of the configuration, one a module."""
