"""Spellings of one mailbox: an address with dots or a tag, where its provider delivers it to the address without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

from graph_cdp import normalise
from graph_cdp.mailbox import NORMALISATION as SOURCE
from graph_cdp.mailbox import mailbox_of
from graph_cdp.model import Observation

KIND: Final = "equivalent"


def spellings(seen: Iterable[Observation]) -> Iterator[Observation]:
    """For each address in observations that is a spelling of another one, that both are one mailbox.

    Made of the address alone, so that it is the same whoever sends it, however often and under whichever policy: that
    says what the link is worth. It bears no date.
    """
    for one in seen:
        for key in one.keys:
            namespace, _, address = key.partition(":")
            if normalise.base(namespace) == "email" and (mailbox := mailbox_of(address)) != address:
                keys = tuple(sorted((key, f"{namespace}:{mailbox}")))
                uid = blake2b(f"{KIND} {key}".encode(), digest_size=16).hexdigest()
                yield Observation(uid, SOURCE, key, KIND, "Same Mailbox", keys, received_at=one.received_at)
