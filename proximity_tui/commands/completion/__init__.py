"""The completion of the command line in shells, and its manual page: both made from the parser itself."""
