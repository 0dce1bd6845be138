"""Messages of Kafka's topics. Offsets are committed when the caller says so, and never before."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graph_cdp.errors import InputError, UsageError
from graph_cdp.ingest.files import Record
from graph_cdp.ingest.json_files import json_value
from graph_cdp.ingest.tally import Tally

if TYPE_CHECKING:
    from confluent_kafka import Message

_SCHEME: Final = "kafka://"
_SECONDS_TO_ANSWER: Final = 10.0
# Its own log goes to nobody: what matters is raised.
_SILENT: Final = logging.getLogger(f"{__name__}.client")
_SILENT.propagate = False
_SILENT.addHandler(logging.NullHandler())
_OWN: Final = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    "client.id": "graph-cdp",
}


class Heard(NamedTuple):
    """One message of a topic: where it stands, and what it says."""

    place: str
    record: Record


class Topics:
    """A member of a group of consumers that share the partitions of some topics. A context manager.

    `url` is `kafka://HOST:PORT,…/TOPIC,…`, `options` are settings of librdkafka (for TLS and passwords). What nobody of
    the group has committed is read from the beginning. Raises `UsageError`, and `InputError` where no broker answers
    or a topic does not exist. `tally` tells of what was taken so far.
    """

    def __init__(self, url: str, group: str, options: Mapping[str, str] | None = None) -> None:
        brokers, names = _parts(url)
        try:
            from confluent_kafka import Consumer, KafkaException  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            raise UsageError("Kafka needs confluent-kafka (pip install 'graph-cdp[kafka]')") from None
        self.place = f"{_SCHEME}{brokers}/{','.join(names)}"
        settings: dict[str, Any] = {**(options or {}), **_OWN, "bootstrap.servers": brokers, "group.id": group}
        try:
            self._consumer = Consumer(settings, logger=_SILENT)
        except (KafkaException, ValueError, TypeError) as wrong:
            raise UsageError(f"{self.place}: {_said(wrong)} (see --option)") from None
        self.tally = Tally()
        self._read: dict[tuple[str, int], int] = {}
        self._ended: set[tuple[str, int]] = set()
        self._subscribe(names)

    def _subscribe(self, names: list[str]) -> None:
        from confluent_kafka import KafkaException  # noqa: PLC0415 - as above

        try:
            known = self._consumer.list_topics(timeout=_SECONDS_TO_ANSWER).topics
        except KafkaException as failed:
            self.close()
            raise InputError(self.place, f"no broker answers: {_said(failed)}", "check the address") from None
        if missing := [name for name in names if name not in known or known[name].error is not None]:
            self.close()
            raise InputError(self.place, f"there is no topic {', '.join(missing)}", "check its name")
        self._consumer.subscribe(names)

    def __enter__(self) -> Topics:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leaves the group; what is not committed another member reads."""
        self._consumer.close()

    @property
    def is_at_end(self) -> bool:
        """Whether everything that was in the partitions of this member has been taken."""
        mine = {(one.topic, one.partition) for one in self._consumer.assignment()}
        return bool(mine) and mine <= self._ended

    def take(self, most: int, seconds: float) -> list[Heard]:
        """The next messages, at most so many, after at most so many seconds; those without a value say nothing."""
        heard = [self._heard(message) for message in self._consumer.consume(most, seconds)]
        return [one for one in heard if one is not None]

    def commit(self) -> None:
        """Notes for the group that everything that was taken so far is done with.

        Where another member has the partition by now, that one reads it once more.
        """
        from confluent_kafka import KafkaException, TopicPartition  # noqa: PLC0415 - as above

        offsets = [TopicPartition(topic, part, at) for (topic, part), at in self._read.items()]
        self._read.clear()
        if not offsets:
            return
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as failed:
            if failed.args[0].fatal():
                raise InputError(
                    self.place, f"its offsets cannot be committed: {_said(failed)}", "begin again"
                ) from None

    def _heard(self, message: Message) -> Heard | None:
        from confluent_kafka import KafkaError  # noqa: PLC0415 - as above

        topic, partition, offset = message.topic() or "", message.partition() or 0, message.offset() or 0
        error = message.error()
        if error is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                self._ended.add((topic, partition))
            elif not error.retriable():
                raise InputError(
                    self.place, f"cannot be read: {error.str()}", "check the topic and the rights to read it"
                )
            return None
        self._ended.discard((topic, partition))
        self._read[topic, partition] = offset + 1
        value = message.value()
        if not value:
            return None
        data = value if isinstance(value, bytes) else str(value).encode()
        return Heard(f"kafka:{topic}/{partition}", Record(offset, json_value(data), data))


def _parts(url: str) -> tuple[str, list[str]]:
    brokers, slash, topics = url.removeprefix(_SCHEME).partition("/")
    names = [name for name in topics.split(",") if name]
    if not url.startswith(_SCHEME) or not brokers or not slash or not names:
        raise UsageError("no topic: give kafka://HOST:PORT/TOPIC, with commas between several hosts or topics")
    return brokers, names


def _said(wrong: Exception) -> str:
    """What the client says of a failure, which is about addresses and settings."""
    first = wrong.args[0] if wrong.args else ""
    return first.str() if hasattr(first, "str") else str(first)
