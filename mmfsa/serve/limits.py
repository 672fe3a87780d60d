"""What one worker of the service takes on, and what it refuses."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of one worker process.

    Attributes:
        max_bytes: Largest body of a request, and largest frame of a stream.
        max_pixels: Width times height of an image. It is read from the file's header,
            before the image is decoded.
        max_images: Images in one request.
        queue: Requests that are read, wait or are answered at a time. The next request
            gets the status 503. Each frame of a stream counts as a request.
        streams: Streams (WebSockets) at a time.
        batch: Images whose faces go through the network together.
        timeout: Seconds to read a body, seconds to answer it, and seconds between two
            frames of a stream.

    Raises:
        ValueError: A limit is not above 0.
    """

    max_bytes: int = 20 * 2**20
    max_pixels: int = 25_000_000
    max_images: int = 16
    queue: int = 64
    streams: int = 16
    batch: int = 8
    timeout: float = 30.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not value > 0:
                raise ValueError(f'{name} must be above 0, got {value}')
