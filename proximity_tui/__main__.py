"""The entry point, for the installed command and for `python -m proximity_tui`. Knows no option; `cli` does."""

import gc
import sys

from proximity_tui import __version__

LOADING = 200_000
"""New objects after which Python looks for garbage. Its own 700 make it look a hundred times while the program loads,
where there is none: a tenth of a start. What runs for long calls `runtime.process_memory.keep_loaded_objects`.
"""


def main() -> int:
    """Run the command line in `sys.argv` and return its exit status."""
    if sys.argv[1:] == ["--version"] and _said_version():
        return 0
    gc.set_threshold(LOADING)
    # Imported here so that the entry point itself stays free to import, for tools that only ask the version.
    if "daemon" not in sys.argv[1:]:
        try:
            from proximity_tui.cli import main as run
            from proximity_tui.commands.base.interruption import ends_process
        except KeyboardInterrupt:
            return _said_interrupted()
        ends_process()
        return run()

    from proximity_tui.commands.base.interruption import early_signals_kept

    # What takes long to load is loaded while signals are heard: a daemon may be told to end before it is up.
    with early_signals_kept():
        from proximity_tui.cli import main as run

        return run()


def _said_version() -> bool:
    """Print the version, which scripts ask for more often than anything, without a parser. Return False where it could
    not be written: the command line says why.
    """
    try:
        print(f"proximity-tui {__version__}", flush=True)
    except OSError:
        return False
    return sys.stdout is not None


def _said_interrupted() -> int:
    """Say that Ctrl-C came before there was a command line, and return its exit code."""
    if "--json" in sys.argv:
        print('{"success": false, "error": "interrupted"}')
    else:
        print("proximity-tui: interrupted", file=sys.stderr)
    return 130


if __name__ == "__main__":
    sys.exit(main())
