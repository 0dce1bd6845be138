"""The program: `graph-cdp`, or `python -m graph_cdp`."""

from __future__ import annotations

import gc


def main() -> None:
    """Loads the commands and runs the one that was asked for."""
    # Nothing that the imports make is garbage; looking for it among them costs a tenth of a second.
    gc.disable()
    from graph_cdp import cli  # noqa: PLC0415 - after the line above

    gc.freeze()
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
