"""What a customer says: surveys, reviews, posts, conversations, complaints, each with a derived sentiment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graph_cdp.normalise import Unusable
from graph_cdp.project.facts import Fact, about
from graph_cdp.project.sentiment import of_rating, sentiment
from graph_cdp.scales import score_of

_MOST: Final = 20
_TEXTS: Final = ("text", "review_body", "message_body", "message", "body", "comment", "transcript")
_PAINED: Final = -0.3
_HARD: Final = 4.0
_SHOWN: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "survey": (("survey", ("survey_name", "survey_id", "form_name", "form_id")), ("scale", ("scale",))),
    "review": (("product", ("product_id", "sku", "name")), ("language", ("language",))),
    "post": (("network", ("network",)), ("url", ("url",)), ("language", ("language",))),
    "conversation": (
        ("conversation", ("conversation_id",)),
        ("agent", ("agent_name", "agent")),
        ("subject", ("subject",)),
    ),
    "case": (("case", ("case_id",)), ("subject", ("subject",))),
}


def voice(facts: Sequence[Fact]) -> dict[str, Any]:
    """The part of a profile, each list newest first."""
    surveys = [_survey(fact) for fact in reversed(about(facts, "survey"))]
    reviews = [_said("review", fact) | {"rating": fact.number("rating")} for fact in reversed(about(facts, "review"))]
    posts = [_said("post", fact) for fact in reversed(about(facts, "post"))]
    talks = [
        _talk(fact) for fact in reversed(about(facts, "chat", "call")) if fact.text(*_TEXTS) or fact.text("subject")
    ]
    cases = [_case(fact) for fact in reversed(about(facts, "case"))]
    own = [row for row in (*surveys, *reviews, *posts, *talks, *cases) if row.get("by", "customer") == "customer"]
    own.sort(key=lambda row: row["at"] or "")
    return {
        "sentiment": _overall([row["sentiment"] for row in own if row["sentiment"] is not None]),
        "nps": _newest(surveys, "nps"),
        "csat": _newest(surveys, "csat"),
        "effort": _newest(surveys, "ces") or _effort(cases),
        "surveys": surveys[:_MOST],
        "reviews": reviews[:_MOST],
        "posts": posts[:_MOST],
        "conversations": talks[:_MOST],
        "cases": cases[:_MOST],
        "pain_points": _pains(own),
    }


def _said(kind: str, fact: Fact) -> dict[str, Any]:
    """What was said, as text; a text that gives no sentiment leaves it to the rating."""
    text = fact.text(*_TEXTS)
    said = sentiment(text) if text else None
    return {
        "at": fact.at,
        "source": fact.source,
        "text": text,
        "sentiment": of_rating(fact.number("rating")) if said is None else said,
        **{name: fact.text(*names) for name, names in _SHOWN[kind]},
    }


def _survey(fact: Fact) -> dict[str, Any]:
    row = _said("survey", fact)
    answers = fact.properties.get("answers")
    told = _answers(answers)
    if fact.text("question"):
        told[str(fact.text("question"))] = fact.properties.get("answer")
    texts = " ".join([row["text"] or "", *(one for one in told.values() if isinstance(one, str))])
    if row["sentiment"] is None:
        row["sentiment"] = sentiment(texts)
    return row | {"score": _score(fact), "answers": told}


def _score(fact: Fact) -> float | None:
    """The score on its scale; one that is not on it is none, as its sender was told."""
    try:
        return score_of(fact.properties)
    except Unusable:
        return None


def _answers(said: object) -> dict[str, Any]:
    """Question to answer, from an object of these or a list of such pairs."""
    if isinstance(said, Mapping):
        return dict(said)
    pairs = said if isinstance(said, list) else []
    return {str(one["question"]): one.get("answer") for one in pairs if isinstance(one, Mapping) and "question" in one}


def _talk(fact: Fact) -> dict[str, Any]:
    by = "us" if fact.meaning.what in ("answered", "made", "missed") else "customer"
    return _said("conversation", fact) | {"channel": "phone" if fact.meaning.topic == "call" else "chat", "by": by}


def _case(fact: Fact) -> dict[str, Any]:
    return _said("case", fact) | {"state": fact.meaning.what, "effort": fact.number("effort", "effort_score")}


def _newest(surveys: Iterable[Mapping[str, Any]], scale: str) -> dict[str, Any] | None:
    for row in surveys:
        if row["score"] is not None and (row["scale"] or "").casefold() == scale:
            return {"score": row["score"], "at": row["at"]}
    return None


def _effort(cases: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    return next(({"score": row["effort"], "at": row["at"]} for row in cases if row["effort"] is not None), None)


def _overall(scores: Sequence[float]) -> dict[str, Any]:
    """The mean, and the newer half of the texts less the older."""
    if not scores:
        return {"mean": None, "count": 0, "trend": None}
    half = len(scores) // 2
    trend = _mean(scores[half:]) - _mean(scores[:half]) if half else None
    return {
        "mean": round(_mean(scores), 2),
        "count": len(scores),
        "trend": None if trend is None else round(trend, 2),
    }


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


def _pains(own: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What went wrong for the customer, by its own words: complaints, hard efforts, texts that blame."""
    pains = [
        {"at": row["at"], "source": row["source"], "what": row.get("subject") or row["text"]}
        for row in own
        if (row.get("subject") or row["text"]) and _hurts(row)
    ]
    return pains[::-1][:10]


def _hurts(row: Mapping[str, Any]) -> bool:
    effort = row.get("effort")
    blames = row["sentiment"] is not None and row["sentiment"] <= _PAINED
    return row.get("state") == "complaint" or blames or (effort is not None and effort >= _HARD)
