"""The growth of a figure with the number of containers, as an SVG with logarithmic axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from pathlib import Path

from bench.screens import LABELS, Figures

WIDTH, HEIGHT, MARGIN = 960, 360, 56
COLOURS = {"ours": "#0a7d4f", "plain": "#b3261e", "prototype": "#5b5bd6", "floor": "#7a7a7a"}
SHOWN = ("live", "refresh_cpu", "memory")
"""The figures that have a panel each."""

Found = Mapping[int, Mapping[str, Figures]]


def write(path: Path, found: Found) -> None:
    """Write the picture of what was measured, by size and program."""
    width = WIDTH / len(SHOWN)
    panels = "".join(_panel(number * width, width, key, found) for number, key in enumerate(SHOWN))
    legend = "".join(
        f'<text x="{MARGIN + 110 * number}" y="{HEIGHT - 8}" fill="{colour}">{name}</text>'
        for number, (name, colour) in enumerate(COLOURS.items())
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="monospace" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{panels}{legend}</svg>\n'
    )


def _panel(left: float, width: float, key: str, found: Found) -> str:
    label, factor, unit = LABELS[key]
    sizes = sorted(found)
    # A figure below the resolution of the clock is zero, which has no place on a logarithmic axis.
    values = [value * factor for size in sizes for one in found[size].values() if (value := one.get(key, 0.0)) > 0]
    low, high = _decade(min(values), down=True), _decade(max(values), down=False)
    right, top, bottom = left + width - 12, 40.0, HEIGHT - MARGIN

    def x(size: int) -> float:
        span = log10(sizes[-1] / sizes[0]) or 1.0
        return left + MARGIN + (right - left - MARGIN) * log10(size / sizes[0]) / span

    def y(value: float) -> float:
        return bottom - (bottom - top) * (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low) or 1.0)

    parts = [f'<text x="{left + MARGIN}" y="22" fill="#111111">{label}, {unit}</text>']
    tick = low
    while tick <= high:
        parts.append(_line([(left + MARGIN, y(tick)), (right, y(tick))], "#dddddd"))
        parts.append(_text(left + MARGIN - 6, y(tick) + 4, f"{tick:g}", "end"))
        tick *= 10
    parts += [_text(x(size), bottom + 18, f"{size:,}", "middle") for size in sizes]
    for name, colour in COLOURS.items():
        points = [
            (x(size), y(found[size][name][key] * factor)) for size in sizes if found[size][name].get(key, 0.0) > 0
        ]
        parts.append(_line(points, colour))
        parts += [f'<circle cx="{at:.1f}" cy="{value:.1f}" r="3" fill="{colour}"/>' for at, value in points]
    return "".join(parts)


def _decade(value: float, *, down: bool) -> float:
    power = 1e-3
    while power * 10 <= value:
        power *= 10
    return power if down or power == value else power * 10


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="#555555" text-anchor="{anchor}">{text}</text>'
