"""Relinking as jobs over a real socket, on both servers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from graph_cdp_api import schemas

from graph_cdp.engine import Engine
from graph_cdp.jobs import Jobs, Relinks
from graph_cdp.policy import Policy, default_policy
from graph_cdp.store import evidence
from tests import commands, servers
from tests.api.conftest import Api

STRICTER = default_policy().text
LOOSE = STRICTER.replace("external_id = 1, loyalty_card = 3, record = 2 }", "loyalty_card = 3 }").replace(
    "shared_above = { user_id = 1, loyalty_card = 3 }", "shared_above = { user_id = 2, loyalty_card = 3 }", 1
)


@pytest.fixture(autouse=True)
def family(each_api: Api, each_engine: Engine) -> None:
    """Two people with one mailbox, under rules that let one of them have it."""
    each_engine.relink(Policy(LOOSE))
    for user in ("jobs-1", "jobs-2"):
        message = {"messageId": user, "userId": user, "traits": {"email": "jobs@example.com"}}
        each_api.send("identify", {**message, "timestamp": "2026-01-01T00:00:00Z"})


def ended(api: Api, location: str) -> dict[str, Any]:
    """The job when it has ended."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        job = api.http.get(location).json()
        schemas.Job.model_validate(job)
        if job["state"] not in ("queued", "running", "cancelling"):
            return job
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def start(api: Api, path: str = "/jobs/relink", body: object = None) -> dict[str, Any]:
    answer = api.http.post(path, json=body) if body is not None else api.http.post(path)
    assert answer.status_code == 202, answer.text
    schemas.Job.model_validate(answer.json())
    assert answer.headers["location"] == f"/jobs/{answer.json()['id']}"
    return ended(api, answer.headers["location"])


def shared(api: Api) -> bool:
    return api.http.get("/profiles/email:jobs@example.com").status_code == 300


def test_a_dry_run_says_what_would_change_and_changes_nothing(each_api: Api):
    job = start(each_api, body={"policy": STRICTER, "dry_run": True})
    assert (job["state"], job["dry_run"], job["summary"]["newly_shared"]) == ("done", True, 1)
    assert not shared(each_api)


def test_the_plan_of_a_dry_run_is_applied(each_api: Api, each_engine: Engine):
    made = start(each_api, body={"policy": STRICTER, "dry_run": True})
    job = start(each_api, f"/jobs/{made['id']}/apply")
    assert (job["state"], job["kind"], job["of"]) == ("done", "apply", made["id"])
    assert shared(each_api)
    assert each_engine.policy.text == STRICTER


def test_a_plan_of_other_evidence_is_not_applied_and_says_so(each_api: Api):
    made = start(each_api, body={"policy": STRICTER, "dry_run": True})
    each_api.send("identify", {"userId": f"jobs-{made['id']}"})
    job = start(each_api, f"/jobs/{made['id']}/apply")
    assert job["state"] == "failed"
    assert "others than when this plan was made" in job["reason"]
    assert not shared(each_api)


def test_a_relink_changes_what_differs(each_api: Api):
    job = start(each_api, body={"policy": STRICTER})
    assert (job["state"], job["done"] == job["total"] > 0) == ("done", True)
    assert shared(each_api)


def test_without_a_body_everything_is_relinked_under_the_policy_in_force(each_api: Api):
    job = start(each_api)
    assert (job["state"], job["fingerprint"], job["summary"]["identifiers_moved"]) == ("done", None, 0)


def test_a_policy_that_is_none_is_refused_at_once_with_its_line(each_api: Api):
    before = len(each_api.http.get("/jobs?limit=1000").json()["items"])
    answer = each_api.http.post("/jobs/relink", json={"policy": "\nmin_tier = 'x'\n"})
    assert (answer.status_code, "policy:2" in answer.json()["detail"]) == (400, True)
    assert len(each_api.http.get("/jobs?limit=1000").json()["items"]) == before


@pytest.mark.parametrize("body", ["[]", '{"policy": 1}', '{"dry_run": "maybe"}', '{"other": 1}', "{"])
def test_a_body_of_something_else_is_refused(each_api: Api, body: str):
    assert each_api.http.post("/jobs/relink", content=body).status_code == 400


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/apply")])
def test_an_unknown_job_is_not_found(each_api: Api, method: str, path: str):
    assert each_api.http.request(method, f"/jobs/nobody{path}").status_code == 404


def test_a_relink_has_no_plan_to_apply_and_an_ended_job_is_not_cancelled(each_api: Api):
    job = start(each_api)
    assert each_api.http.post(f"/jobs/{job['id']}/apply").status_code == 409
    assert each_api.http.delete(f"/jobs/{job['id']}").status_code == 409


def test_jobs_are_listed_newest_first_page_by_page(each_api: Api):
    started = [start(each_api, body={"dry_run": True})["id"] for _ in range(3)]
    whole = each_api.http.get("/jobs?limit=1000").json()
    schemas.AllJobs.model_validate(whole)
    ids = [job["id"] for job in whole["items"]]
    assert ids[:3] == started[::-1]
    paged, cursor = [], None
    while True:
        page = each_api.http.get("/jobs", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        paged += [job["id"] for job in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == ids


@pytest.fixture
def elsewhere(each_engine: Engine) -> Iterator[Jobs]:
    """The jobs of another process on the same graph, whose relink goes on until it is told to end."""

    def relink(_: object, progress: Any) -> Any:
        for done in range(1, 3000):
            progress(done, 3000)
            time.sleep(0.02)

    jobs = Jobs(each_engine.graph, Relinks(each_engine.plan_relink, relink, each_engine.apply, each_engine.load_plan))
    yield jobs
    jobs.close()


def test_the_job_of_another_process_is_seen_and_cancelled(each_api: Api, elsewhere: Jobs):
    path = f"/jobs/{elsewhere.relink()['id']}"
    until = time.monotonic() + 30
    while (job := each_api.http.get(path).json())["done"] == 0 and time.monotonic() < until:
        time.sleep(0.05)
    assert (job["state"], job["total"]) == ("running", 3000)
    assert job["seconds_left"] > 0
    assert each_api.http.delete(path).json()["state"] == "cancelling"
    job = ended(each_api, path)
    assert job["state"] == "cancelled"
    assert "cancelled" in job["reason"]


@pytest.fixture
def slow(each_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that is read identifier by identifier, so that reading it takes some seconds."""
    monkeypatch.setattr(evidence, "RANGE", 1)
    messages = [{"type": "identify", "userId": f"slow-{number}"} for number in range(1500)]
    each_api.send("batch", {"batch": messages})


@pytest.mark.usefixtures("slow")
def test_a_dry_run_says_how_far_it_is_and_can_be_cancelled(each_api: Api):
    answer = each_api.http.post("/jobs/relink", json={"policy": STRICTER, "dry_run": True})
    path = answer.headers["location"]
    until = time.monotonic() + 30
    while (job := each_api.http.get(path).json())["done"] == 0 and time.monotonic() < until:
        time.sleep(0.05)
    assert job["state"] == "running"
    assert 0 < job["done"] < job["total"]
    each_api.http.delete(path)
    job = ended(each_api, path)
    assert (job["state"], job["summary"], job["done"] < job["total"]) == ("cancelled", None, True)
    assert each_api.http.post(f"{path}/apply").status_code == 409


def test_a_dry_run_that_is_done_has_read_everything(each_api: Api):
    job = start(each_api, body={"dry_run": True})
    assert 0 < job["done"] == job["total"] == job["summary"]["identifiers"]


def test_a_job_that_waits_for_another_is_cancelled_without_being_run(each_api: Api, elsewhere: Jobs):
    first, second = elsewhere.relink()["id"], elsewhere.relink()["id"]
    elsewhere.cancel(second)
    elsewhere.cancel(first)
    assert ended(each_api, f"/jobs/{second}")["started_at"] is None


def test_the_end_of_the_process_ends_its_jobs(each_api: Api, elsewhere: Jobs):
    job = elsewhere.relink()
    elsewhere.close()
    found = ended(each_api, f"/jobs/{job['id']}")
    assert (found["state"], "stopped" in found["reason"]) == ("failed", True)


def test_a_job_whose_process_has_died_is_lost_and_can_be_put_away(each_api: Api, each_engine: Engine):
    died = {"id": "died", "kind": "relink", "state": "running", "dry_run": False, "done": 1, "total": 2}
    died |= dict.fromkeys(("created_at", "started_at", "beat_at"), "2026-01-01T00:00:00.000000Z")
    each_engine.graph.write(lambda transaction: transaction.run("write/new_job", job=died | {"cancel": False}))
    assert each_api.http.get("/jobs/died").json()["state"] == "lost"
    assert each_api.http.delete("/jobs/died").json()["state"] == "cancelled"


def test_a_fault_ends_the_job_and_tells_no_value(each_api: Api, each_engine: Engine):
    def fault(*_: object) -> Any:
        raise ZeroDivisionError("ann@example.com")

    jobs = Jobs(each_engine.graph, Relinks(fault, fault, fault, fault))
    job = ended(each_api, f"/jobs/{jobs.relink()['id']}")
    jobs.close()
    assert (job["state"], job["reason"]) == ("failed", "a fault of graph-cdp: ZeroDivisionError")


def test_ingest_goes_on_while_jobs_run(each_api: Api):
    stop, sent = threading.Event(), []

    def send() -> None:
        while not stop.is_set():
            sent.append(each_api.send("identify", {"userId": f"meanwhile-{len(sent)}"}).customer_id)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        assert start(each_api, body={"policy": STRICTER})["state"] == "done"
    finally:
        stop.set()
        sender.join()
    assert all(sent)


def test_the_command_lists_them(each_api: Api, server: servers.Server, tmp_path: Any):
    job = start(each_api)
    env = {"GRAPH_CDP_ID_SECRET": "secret"}
    said = commands.run("jobs", "--json", "--limit", 1, cwd=tmp_path, store=server.url, env=env)
    assert [(one["id"], one["state"]) for one in said.json] == [(job["id"], "done")]
