"""Texts of formats that JSON Schema has no word for: what of them is valid, so that schemathesis can send it."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["C"], exclude_characters=" \u00a0"), min_size=1, max_size=20)
KEYS = st.sampled_from(["email:ann@example.com", "user_id:42", "phone:+48601234567"]) | TEXTS.map("user_id:x{}".format)
POLICIES = ["", "min_tier = 5\n", "[namespaces.user_id]\nunique = true\n"]
CONDITIONS = ["any orders", 'count(events) > 2 or traits.city = "Łódź"', "days_since(orders) < 30"]
QUERIES = [
    "MATCH (i:Identifier {key: 'user_id:42'}) RETURN i",
    "MATCH (c:Customer)<-[m:MEMBER_OF]-(i) RETURN c, m, i",
    "RETURN 1 AS one",
]


schemathesis.openapi.format("key", KEYS)
schemathesis.openapi.format("other-key", TEXTS.map("cookie:x{}".format))
schemathesis.openapi.format("parts", st.sampled_from(["", "traits", "traits,orders", "timeline"]))
# A cursor belongs to the question that it was an answer to; the empty one is where each begins.
schemathesis.openapi.format("cursor", st.just(""))
schemathesis.openapi.format("condition", st.sampled_from(CONDITIONS))
schemathesis.openapi.format("policy", st.sampled_from(POLICIES))
schemathesis.openapi.format("cypher", st.sampled_from(QUERIES))
schemathesis.openapi.format("brand", st.sampled_from(["", " "]))
