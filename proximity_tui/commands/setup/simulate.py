"""`simulate`: the simulated cluster alone, for scripts and drills."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import digits
from proximity_tui.core.base.text import quoted


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `simulate`."""
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=_address,
        default=("127.0.0.1", 0),
        help="the address (default: 127.0.0.1 and any free port)",
    )
    world_options(parser)


def world_options(parser: ArgumentParser) -> None:
    """Declare the options of a simulated cluster, here and in `demo`."""
    parser.add_argument(
        "--scenario",
        metavar="NAME",
        type=_scenario,
        default="demo",
        help="the scenario (default: %(default)s; --list has them all)",
    )
    parser.add_argument("--seed", metavar="N", type=digits, default=1, help="the seed of names and figures")
    parser.add_argument("--speed", metavar="X", type=_speed, default=1.0, help="the speed of its time")
    parser.add_argument("--list", action="store_true", help="list the scenarios, each with a sentence, and end")


def list_scenarios() -> int:
    """Print every scenario and what happens in it; return the exit code."""
    from proximity_tui.commands.printed import output
    from proximity_tui.simulator import SCENARIOS

    output.table(("SCENARIO", "WHAT HAPPENS"), [(one.name, one.description) for one in SCENARIOS.values()])
    output.note("to play one: proximity-tui demo --scenario NAME")
    return Exit.DONE


def run(args: Namespace) -> int:
    """Serve until SIGINT or SIGTERM. The first line on stdout says how to connect. Raises CommandEnd where it cannot
    listen.
    """
    if args.list:
        return list_scenarios()
    from proximity_tui.simulator import serve
    from proximity_tui.simulator.simulator import CannotListen

    try:
        return serve(args.listen, args.scenario, args.seed, args.speed)
    except CannotListen as reason:
        host, port = args.listen
        shown = f"[{host}]" if ":" in host else host
        raise CommandEnd(Exit.USAGE, f"--listen {shown}:{port} cannot be listened on: {reason}") from None


def _scenario(name: str) -> str:
    from proximity_tui.simulator import SCENARIOS

    if name not in SCENARIOS:
        raise ArgumentTypeError(
            f"there is no scenario {name}; there are: {', '.join(SCENARIOS)}; --list says what each is"
        )
    return name


def _address(text: str) -> tuple[str, int]:
    from proximity_tui.core.model.names import host_and_port

    if (found := host_and_port(text)) is None:
        raise ArgumentTypeError(f"{quoted(text)} is not HOST:PORT, such as 127.0.0.1:8006 or [::1]:8006")
    return found


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 1000:
        raise ArgumentTypeError(f"{quoted(text)} is not a speed: more than 0, at most 1000")
    return speed
