"""The subcommands of the command line, one a file, each imported only when it is asked for."""
