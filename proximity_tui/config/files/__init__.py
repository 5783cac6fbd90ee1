"""The files of the configuration and of the state: read as strict tables, changed as text, replaced as a whole."""
