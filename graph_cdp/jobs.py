"""Relinking as jobs: started and left alone, watched and cancelled from any process, for the graph keeps their records.

The process that took a job runs it, one at a time, and notes every second that it lives. A job whose notes have stopped
is told as `lost`: its process has died or lost the store. Every state of a relink is a good one, so that starting it
again finishes what a lost or cancelled one left.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from graph_cdp.audience.groups import checked
from graph_cdp.errors import GraphCdpError, JobStateError, NotFoundError, StoreError
from graph_cdp.model import micros, rfc3339
from graph_cdp.policy import Policy
from graph_cdp.state import Place
from graph_cdp.store.graph import Graph

if TYPE_CHECKING:
    from graph_cdp.relinking import Plan

BEAT: Final = 1.0
LOST_AFTER: Final = timedelta(seconds=30)
_PATIENCE: Final = 5.0
_UNFINISHED: Final = ("queued", "running")
_STOPPED: Final = "the process that ran it was stopped; start it again to finish what is left"
_CANCELLED: Final = "cancelled; what was written so far stays, and each customer in it is whole"
_LOST: Final = "the process that ran it gives no sign of life; start it again to finish what is left"

Row = dict[str, Any]
Progress = Callable[[int, int], None]


class _EndedError(Exception):
    """A job is to end before its work is done; the text says why."""


@dataclass(frozen=True, slots=True)
class Relinks:
    """The work of jobs, as the engine does it."""

    plan: Callable[[Policy | None, Progress], Plan]
    relink: Callable[[Policy | None, Progress], Plan]
    apply: Callable[[Plan, Progress], Plan]
    load: Callable[[Path], Plan]


@dataclass(slots=True)
class _Job:
    """A job of this process: what it does, how far it is, and why it has to end early, if it has."""

    id: str
    work: Callable[[Progress], Plan]
    done: int = 0
    total: int = 0
    ending: str | None = None

    def progress(self, done: int, total: int) -> None:
        """Notes how far the work is, and ends it where that was asked for."""
        self.done, self.total = done, total
        if self.ending is not None:
            raise _EndedError(self.ending)


@dataclass(slots=True)
class Jobs:
    """The jobs of a graph. Threads are started by the first job of this process."""

    graph: Graph
    relinks: Relinks
    _mine: dict[str, _Job] = field(default_factory=dict)
    _waiting: SimpleQueue[_Job | None] = field(default_factory=SimpleQueue)
    _closed: threading.Event = field(default_factory=threading.Event)
    _begun: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def relink(self, policy_text: str | None = None, dry_run: bool = False) -> Row:
        """Starts a relink under another policy if one is given; with `dry_run` it makes a plan and changes nothing.

        Raises `PolicyError`.
        """
        policy = None if policy_text is None else checked(Policy(policy_text, "policy"))
        carry_out = self.relinks.plan if dry_run else self.relinks.relink
        return self._start(
            partial(carry_out, policy),
            kind="relink",
            dry_run=dry_run,
            fingerprint=policy.fingerprint if policy else None,
        )

    def apply(self, job_id: str) -> Row:
        """Starts carrying out the plan of a dry run. Raises `NotFoundError`, or `JobStateError` where there is none."""
        made = self.one(job_id)
        if not made["dry_run"] or made["state"] != "done":
            raise JobStateError(
                f"a {made['state']} {made['kind']} has no plan to apply: that of a dry run has, when done"
            )
        text = self.graph.ask("read/job_plan", id=job_id)[0]["plan"]
        plan = _through_file(lambda path: path.write_text(text, encoding="utf-8"), self.relinks.load)
        return self._start(
            partial(self.relinks.apply, plan), kind="apply", dry_run=False, fingerprint=made["fingerprint"], of=job_id
        )

    def one(self, job_id: str) -> Row:
        """A job as it is now. Raises `NotFoundError`."""
        rows = self.graph.ask("read/job", id=job_id)
        if not rows:
            raise NotFoundError("there is no job with this id")
        return _told(rows[0])

    def page(self, limit: int, after: Place = ("~", "")) -> list[Row]:
        """Jobs after the time and the id of one, newest first."""
        return [_told(row) for row in self.graph.ask("read/jobs", at=after[0], uid=after[1], limit=limit)]

    def cancel(self, job_id: str) -> Row:
        """Asks for the end of a job; one that is writing ends after the customers that it is at.

        Raises `NotFoundError`, and `JobStateError` for a job that has ended.
        """
        job = self.one(job_id)
        asked = self.graph.write(lambda transaction: transaction.run("write/cancel_job", id=job_id))
        if not asked:
            raise JobStateError(f"the job has ended already: it is {job['state']}")
        if job["state"] == "lost":
            self._note(job_id, state="cancelled", finished_at=_now(), reason=_LOST)
        elif mine := self._mine.get(job_id):
            mine.ending = _CANCELLED
        return self.one(job_id)

    def close(self) -> None:
        """Ends the jobs of this process and notes that."""
        if not self._threads:
            return
        self._closed.set()
        for job in list(self._mine.values()):
            job.ending = job.ending or _STOPPED
        self._waiting.put(None)
        for thread in self._threads:
            thread.join(_PATIENCE)
        for job in list(self._mine.values()):
            self._note(job.id, state="failed", finished_at=_now(), reason=_STOPPED)

    def _start(self, work: Callable[[Progress], Plan], **facts: Any) -> Row:
        job = _Job(uuid4().hex, work)
        now = _now()
        row = {**facts, "id": job.id, "state": "queued", "created_at": now, "beat_at": now, "done": 0, "total": 0}
        row |= {"cancel": False, "caption": facts["kind"]}
        self.graph.write(lambda transaction: transaction.run("write/new_job", job=row))
        self._mine[job.id] = job
        self._begin()
        self._waiting.put(job)
        return self.one(job.id)

    def _begin(self) -> None:
        with self._begun:
            if not self._threads:
                for target in (self._run_all, self._beat):
                    self._threads.append(threading.Thread(target=target, daemon=True, name="graph-cdp jobs"))
                    self._threads[-1].start()

    def _run_all(self) -> None:
        while (job := self._waiting.get()) is not None:
            self._run(job)
            self._mine.pop(job.id, None)

    def _run(self, job: _Job) -> None:
        """Runs a job to its end, whatever that is."""
        try:
            job.progress(0, 0)
            self._note(job.id, state="running", started_at=_now())
            plan = job.work(job.progress)
            text = _through_file(plan.save, lambda path: path.read_text(encoding="utf-8"))
            end = {"state": "done", "summary": json.dumps(plan.summary, ensure_ascii=False), "plan": text}
        except _EndedError as ended:
            end = {"state": "failed" if str(ended) == _STOPPED else "cancelled", "reason": str(ended)}
        except StoreError:
            end = {"state": "failed", "reason": "the graph server could not do this; start it again"}
        except GraphCdpError as refused:
            end = {"state": "failed", "reason": str(refused)}
        except Exception as fault:
            end = {"state": "failed", "reason": f"a fault of graph-cdp: {type(fault).__name__}"}
        self._note(job.id, **end, finished_at=_now(), done=job.done, total=job.total)

    def _beat(self) -> None:
        """Notes every second that the jobs of this process live and how far they are, and hears who is to end."""
        while not self._closed.wait(BEAT):
            for job in list(self._mine.values()):
                self._note(job.id, beat_at=_now(), done=job.done, total=job.total)
                try:
                    row = self.graph.ask("read/job", id=job.id)
                except StoreError:
                    continue
                if row and row[0]["cancel"]:
                    job.ending = _CANCELLED

    def _note(self, job_id: str, **changes: Any) -> None:
        """Writes to the record of a job. Where the store is away that is lost, and soon enough so is the job."""
        try:
            self.graph.write(lambda transaction: transaction.run("write/job", id=job_id, changes=changes))
        except StoreError:
            return


def _through_file(write: Callable[[Path], Any], read: Callable[[Path], Any]) -> Any:
    """What `read` makes of the file that `write` writes: a plan is a file, and the graph keeps its text."""
    with tempfile.TemporaryDirectory(prefix="graph-cdp-plan-") as folder:
        path = Path(folder) / "plan.json"
        write(path)
        return read(path)


def _told(row: Row) -> Row:
    """A job as it is shown: one that gives no sign of life is lost."""
    told = {**row, "summary": json.loads(row["summary"]) if row["summary"] else None}
    beat, cancel = told.pop("beat_at"), told.pop("cancel")
    if row["state"] in _UNFINISHED:
        if datetime.now(UTC) - datetime.fromisoformat(beat) > LOST_AFTER:
            told |= {"state": "lost", "reason": _LOST}
        elif cancel:
            told["state"] = "cancelling"
    return told | {"seconds_left": _left(told)}


def _left(job: Row) -> int | None:
    """How many seconds a running job needs, if it goes on as it went so far."""
    if job["state"] != "running" or not job["done"]:
        return None
    elapsed = datetime.now(UTC) - datetime.fromisoformat(job["started_at"])
    return int(elapsed.total_seconds() * (job["total"] - job["done"]) / job["done"])


def _now() -> str:
    return str(rfc3339(micros(datetime.now(UTC))))
