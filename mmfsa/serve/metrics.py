"""What the service counts, for Prometheus."""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

# Set before prometheus_client is imported, it makes workers share their numbers there.
SHARED = 'PROMETHEUS_MULTIPROC_DIR'
SECONDS = 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30
SIZES = 1, 2, 4, 8, 16, 32


class Metrics:
    """The service's numbers; those of all workers where there are several.

    Attributes:
        requests: HTTP requests, by the status of the answer.
        seconds: Time from the request to the answer, of requests for poses.
        images: Images that were looked at, frames of streams among them.
        faces: Faces that were found.
        batch: Images in a batch.
        waiting: Requests and frames that are read, wait or are answered.
        streams: Open streams.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        common = dict(registry=self._registry)
        now = dict(common, multiprocess_mode='livesum')
        self.requests = Counter(
            'mmfsa_requests', 'HTTP requests by status', ['status'], **common
        )
        self.seconds = Histogram(
            'mmfsa_request_seconds', 'Time to poses', buckets=SECONDS, **common
        )
        self.images = Counter('mmfsa_images', 'Images looked at', **common)
        self.faces = Counter('mmfsa_faces', 'Faces found', **common)
        self.batch = Histogram(
            'mmfsa_batch_images', 'Images in a batch', buckets=SIZES, **common
        )
        self.waiting = Gauge('mmfsa_waiting', 'Requests in work', **now)
        self.streams = Gauge('mmfsa_streams', 'Open streams', **now)

    def text(self) -> bytes:
        """All numbers in Prometheus' text format."""
        if SHARED not in os.environ:
            return generate_latest(self._registry)
        every = CollectorRegistry()
        MultiProcessCollector(every)
        return generate_latest(every)
