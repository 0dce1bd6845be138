"""The people split against the identifiers with the wrong person, a point for each policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

WORLDS: Final = ("shops as they are", "5 % have a second mailbox", "people without an account share, too")
_SPLIT, _WRONG = 1, 3
_MOST: Final = (0.005, 0.001)
_LEAST: Final = 5e-5


def draw(points: Mapping[str, Mapping[str, Sequence[float]]], to: Path) -> None:
    """Draws a picture for each world into one SVG; what is zero stands at the edge."""
    import matplotlib as mpl  # noqa: PLC0415 - the tables do without it

    mpl.use("svg")
    # So that drawing the same points again gives the same file.
    mpl.rcParams.update({"svg.hashsalt": "graph-cdp", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot as plt  # noqa: PLC0415 - as above

    figure, axes = plt.subplots(1, len(points), figsize=(4.2 * len(points), 5.6), sharex=True, sharey=True)
    names = list(next(iter(points.values())))
    for axis, (world, policies) in zip(axes, points.items(), strict=True):
        axis.axhspan(_LEAST, _MOST[1], xmax=1, color="#dff0d8", zorder=0)
        for number, name in enumerate(names):
            split, wrong = (max(_LEAST, policies[name][place]) for place in (_SPLIT, _WRONG))
            ours = name == "shipped default"
            axis.plot(split, wrong, "*" if ours else "o", color=f"C{number % 10}", markersize=12 if ours else 6)
            axis.annotate(str(number + 1), (split, wrong), textcoords="offset points", xytext=(5, 4 + number % 3 * 4))
        axis.axvline(_MOST[0], color="#888888", linestyle=":")
        axis.set(xscale="log", yscale="log", title=world, xlabel="people split")
    axes[0].set_ylabel("identifiers with the wrong person")
    legend = "\n".join(f"{number}  {name}" for number, name in enumerate(names, start=1))
    figure.text(0.02, 0.01, legend, va="bottom", fontsize=8)
    figure.tight_layout(rect=(0, 0.025 * len(names), 1, 1))
    figure.savefig(to, format="svg", metadata={"Date": None})
