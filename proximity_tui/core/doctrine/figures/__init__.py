"""The figures of containers: what a row of a list says, and what many of them say together. Pure."""
