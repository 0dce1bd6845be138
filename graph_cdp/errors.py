"""Everything that is raised on purpose. A message says what was wrong, where, and what to do; facts are attributes."""

from __future__ import annotations


class GraphCdpError(Exception):
    """The root: catch this one to catch every refusal of graph-cdp."""


class UsageError(GraphCdpError):
    """The request itself is wrong: an unknown option, a key without a namespace. Exit status 2."""


class InputError(GraphCdpError):
    """A file or message that cannot be read at all. `place` is `FILE:LINE` where there is a line."""

    def __init__(self, place: str, reason: str, remedy: str = "") -> None:
        self.place, self.reason, self.remedy = place, reason, remedy
        super().__init__(f"{place}: {reason}" + (f" ({remedy})" if remedy else ""))


class PolicyError(InputError):
    """A policy that cannot be applied, with the line and the reason."""


class MappingError(InputError):
    """A mapping file that does not fit itself or its table."""


class KeyFormatError(UsageError):
    """A text that is no key. Does not repeat the text's value: it may be personal data."""


class NotFoundError(GraphCdpError):
    """Nothing is known under that key, id or name."""


class ConflictingError(GraphCdpError):
    """What is asked for does not go with what holds already: a decision taken back twice, a job that has ended."""


class StoreError(GraphCdpError):
    """The store cannot be used: unreachable, wrong server, unsupported version, broken schema."""


class StoreAwayError(StoreError):
    """Nothing answers where the store should be, or has stopped to answer: whatever is asked of it will fail."""


class EvidenceMovedError(GraphCdpError):
    """A plan was made from evidence that has changed since. Make it again."""


class JobStateError(GraphCdpError):
    """A job that is in no state for what was asked of it."""


class QueryRefusedError(GraphCdpError):
    """A query that does more than read, or more than one query may."""


class QueryStoppedError(GraphCdpError):
    """A query that took too long or needed too much, and was ended without having changed anything."""


class BusyError(GraphCdpError):
    """As much of that is going on as may go on at once."""


class NotHereError(GraphCdpError):
    """The store in use cannot do that."""
