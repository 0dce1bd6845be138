"""Customer ids: a keyed hash of the anchor, the member that was seen first.

Ids depend on data alone, so a replay gives the same ones, and a merged customer has the id of its older part.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b


def hasher(secret: str) -> Callable[[str], str]:
    """The function from an anchor's key to 32 hex digits: BLAKE2b of 128 bits, keyed with `secret`."""
    keyed = blake2b(key=blake2b(secret.encode(), digest_size=32).digest(), digest_size=16)

    def customer_id(key: str) -> str:
        digest = keyed.copy()
        digest.update(key.encode())
        return digest.hexdigest()

    return customer_id
