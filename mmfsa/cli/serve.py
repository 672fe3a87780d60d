"""Serve head poses over HTTP: POST an image to /predict, get the records of its faces.

/stream is a WebSocket for the frames of a video, /health and /metrics are for whoever
watches the service, /openapi.json describes it. SIGTERM stops it after every accepted
request is answered.
"""

import argparse

from mmfsa.serve.limits import Limits
from mmfsa.utils.cli import port, positive, processes

from . import predict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa serve`."""
    predict.add_model_options(parser)
    parser.set_defaults(batch_size=Limits.batch)
    service = parser.add_argument_group('service')
    service.add_argument('--host', default='127.0.0.1', help='0.0.0.0: from anywhere')
    service.add_argument('--port', type=port, default=8000, help='0: a free one')
    service.add_argument('--workers', type=processes, default=1, help='processes')
    service.add_argument(
        '--max-bytes', type=positive, default=Limits.max_bytes, help='of a request'
    )
    service.add_argument(
        '--max-pixels', type=positive, default=Limits.max_pixels, help='of an image'
    )
    service.add_argument(
        '--max-images', type=positive, default=Limits.max_images, help='in one request'
    )
    service.add_argument(
        '--queue',
        type=positive,
        default=Limits.queue,
        help='requests that a worker takes on at a time; the next gets the status 503',
    )
    service.add_argument(
        '--streams',
        type=positive,
        default=Limits.streams,
        help='WebSockets of a worker',
    )
    service.add_argument(
        '--timeout',
        type=float,
        default=Limits.timeout,
        metavar='SECONDS',
        help='to read a request, and to answer it',
    )


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl+C."""
    from mmfsa.utils.packages import import_package

    for package in ('fastapi', 'uvicorn', 'websockets', 'prometheus_client'):
        import_package(package)
    from mmfsa.serve.run import serve

    limits = Limits(
        max_bytes=args.max_bytes,
        max_pixels=args.max_pixels,
        max_images=args.max_images,
        queue=args.queue,
        streams=args.streams,
        batch=args.batch_size,
        timeout=args.timeout,
    )
    settings = predict.predictor_settings(args)
    return serve(settings, limits, args.host, args.port, args.workers)
