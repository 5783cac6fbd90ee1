"""The entry point, for the installed command and for `python -m proximity_tui`. Knows no option; `cli` does."""

import sys


def main() -> int:
    """Run the command line in `sys.argv` and return its exit status."""
    # Imported here so that the entry point itself stays free to import, for tools that only ask the version.
    if "daemon" not in sys.argv[1:]:
        from proximity_tui.cli import main as run

        return run()

    from proximity_tui.commands.base.interruption import heard_early

    # What takes long to load is loaded while signals are heard: a daemon may be told to end before it is up.
    with heard_early():
        from proximity_tui.cli import main as run

        return run()


if __name__ == "__main__":
    sys.exit(main())
