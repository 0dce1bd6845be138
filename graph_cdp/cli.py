"""The program `graph-cdp`: its commands, and how it ends when something is refused."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Annotated, Final, cast

import typer

from graph_cdp import terminal
from graph_cdp.commands import app
from graph_cdp.errors import GraphCdpError, UsageError

STOPPED: Final = 130

# The argument parser's error; the module that it comes from depends on typer's release.
_WrongUsage = cast("type[Exception]", typer.BadParameter.__base__)


def main() -> None:
    """The program: refusals go to stderr in one sentence; 1 for a refused request, 2 for wrong usage."""
    # What libraries log is for programs that ask for it; a user is told once, by the refusal.
    logging.getLogger().addHandler(logging.NullHandler())
    # So that whoever ends the program does not leave its temporary files behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except _WrongUsage as wrong:
        terminal.refuse_usage(wrong)
    except GraphCdpError as refused:
        terminal.refuse(str(refused), 2 if isinstance(refused, UsageError) else 1)
    except BrokenPipeError:
        # Whoever read the answer has seen enough; nothing more is written, at the end of the program neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as fault:
        terminal.refuse(terminal.fault_of(fault), 1)
    if status == STOPPED:
        terminal.refuse("stopped; what was acknowledged is kept", STOPPED)
    sys.exit(status or 0)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - as the imports below: only who needs it waits for it

        terminal.out.print(f"graph-cdp {version('graph-cdp')}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Finds the customers behind e-mails, phones, accounts, cookies, devices, cards and orders, and says why."""


if __name__ == "__main__":
    main()
