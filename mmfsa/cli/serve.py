"""Serve head poses over HTTP: POST an image to /predict, get the records of its faces.

/stream is a WebSocket for the frames of a video, /health and /metrics are for whoever
watches the service, /openapi.json describes it. SIGTERM stops it after every accepted
request is answered.
"""

import argparse

from mmfsa.utils.cli import positive

from . import predict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mmfsa serve`."""
    predict.add_model_options(parser)
    parser.set_defaults(batch_size=8)
    service = parser.add_argument_group('service')
    service.add_argument('--host', default='127.0.0.1', help='0.0.0.0: from anywhere')
    service.add_argument('--port', type=int, default=8000, help='0: a free one')
    service.add_argument('--workers', type=positive, default=1, help='processes')
    service.add_argument(
        '--max-bytes', type=positive, default=20 * 2**20, help='of a request'
    )
    service.add_argument(
        '--max-pixels', type=positive, default=25_000_000, help='of an image'
    )
    service.add_argument(
        '--max-images', type=positive, default=16, help='in one request'
    )
    service.add_argument(
        '--queue',
        type=positive,
        default=64,
        help='requests that a worker takes on at a time; the next gets the status 503',
    )
    service.add_argument(
        '--streams', type=positive, default=16, help='WebSockets of a worker'
    )
    service.add_argument(
        '--timeout',
        type=float,
        default=30.0,
        metavar='SECONDS',
        help='to read a request, and to answer it',
    )


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl+C."""
    from mmfsa.utils.packages import import_package

    for package in ('fastapi', 'uvicorn', 'websockets', 'prometheus_client'):
        import_package(package)
    from mmfsa.serve.limits import Limits
    from mmfsa.serve.run import serve

    limits = Limits(
        args.max_bytes,
        args.max_pixels,
        args.max_images,
        args.queue,
        args.streams,
        args.batch_size,
        args.timeout,
    )
    settings = predict.predictor_settings(args)
    return serve(settings, limits, args.host, args.port, args.workers)
