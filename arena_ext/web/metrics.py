"""Arena's figures among those of Jupyter at `/metrics`, for Prometheus.

They are read when they are asked for, so that a key costs a few additions. Labels have values of
our own only, which no guest can make more of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from arena_ext.rooms.tally import DELAYS

from .services import Services


class ArenaCollector(Collector):
    """The figures of one server."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Read the figures of now."""
        services, rooms = self._services, self._services.rooms
        people, waiting = rooms.people()
        yield GaugeMetricFamily("arena_rooms", "Sessions that are open in memory.", rooms.count())
        yield GaugeMetricFamily("arena_people_connected", "People with a connection.", people)
        yield GaugeMetricFamily("arena_people_waiting", "Guests in waiting rooms.", waiting)
        size = rooms.log.size()
        yield GaugeMetricFamily("arena_storage_bytes", "Bytes of the files of the store.", size)
        tally = rooms.tally
        yield CounterMetricFamily("arena_edits_stored", "Edits that were stored.", tally.edits)
        yield HistogramMetricFamily(
            "arena_edit_store_seconds",
            "Time from the arrival of an edit until it is stored.",
            _buckets(tally.delays),
            tally.seconds,
        )
        refusals = CounterMetricFamily(
            "arena_refusals",
            "Calls and connections that were refused or ended, by way and code.",
            labels=["way", "code"],
        )
        for (way, code), count in services.refusals.items():
            refusals.add_metric([way, code], count)
        yield refusals

    def describe(self) -> Iterator[Metric]:
        """Nothing: so registering collects nothing."""
        return iter(())


def _buckets(counts: list[int]) -> list[tuple[str, float]]:
    """The cumulative counts by upper end, as Prometheus wants them."""
    total, buckets = 0, []
    for end, count in zip((*map(str, DELAYS), "+Inf"), counts, strict=True):
        total += count
        buckets.append((end, float(total)))
    return buckets


def publish(services: Services) -> Callable[[], None]:
    """Add the figures to Jupyter's; returns the function that removes them."""
    collector = ArenaCollector(services)
    REGISTRY.register(collector)
    return lambda: REGISTRY.unregister(collector)
