"""The service's HTTP side: routes, errors and streams.

An app holds one predictor, and serves one process. :mod:`mmfsa.serve.run` runs it.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Query, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from mmfsa.apis import HeadPosePredictor
from mmfsa.utils.files import to_json
from mmfsa.version import __version__

from .limits import Limits
from .metrics import Metrics
from .schema import Health, Predictions, Problem
from .service import BadImageError, BusyError, Look, PoseService

BINARY = dict(schema=dict(type='string', format='binary'))
BODY = {
    'image/*': BINARY,
    'multipart/form-data': dict(
        schema=dict(
            type='object',
            properties=dict(images=dict(type='array', items=BINARY['schema'])),
        )
    ),
}
STATUSES = {
    400: 'no image, or another bad request',
    408: 'the body did not arrive in time',
    413: 'too many bytes',
    503: 'the queue is full',
    504: 'no answer in time',
}
TRY_AGAIN_LATER, POLICY, RESTART = 1013, 1008, 1012  # codes that close a WebSocket


def create_app(predictor: HeadPosePredictor, limits: Limits | None = None) -> FastAPI:
    """The ASGI app of the service.

    Args:
        predictor: Finds the faces and their poses.
        limits: What the service refuses.
    """
    limits = limits or Limits()
    metrics = Metrics()
    service = PoseService(predictor, limits, metrics)
    count = CountRequests(metrics)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with service:
            yield
        logging.getLogger('uvicorn.error').info(
            'accepted requests: %d, answered: %d', count.accepted, count.answered
        )

    app = FastAPI(
        title='mmfsa',
        summary='Head poses of the faces in images',
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
    )
    app.add_middleware(count.around)
    for kind in (HTTPException, RequestValidationError):
        app.add_exception_handler(kind, lambda _, error: _problem(error))

    @app.post(
        '/predict',
        response_model=None,  # the records are plain already
        responses={200: dict(model=Predictions, description='the records')}
        | {code: dict(model=Problem, description=t) for code, t in STATUSES.items()},
        openapi_extra=dict(requestBody=dict(required=True, content=BODY)),
    )
    async def predict(
        request: Request,
        name: str = Query('image', description='what the records call the image'),
    ) -> Response:
        """The poses of all faces in an image (the body), or in several (a form)."""
        try:
            with metrics.seconds.time(), service.place():
                looks = await read_images(request, name, limits)
                return JSONResponse(dict(predictions=await service.records(looks)))
        except Exception as error:
            return _problem(error)

    @app.websocket('/stream')
    async def stream(
        socket: WebSocket,
        name: str = 'stream',
        smooth: bool = False,
        detect_every: int = Query(1, ge=1),
        fps: float | None = Query(None, gt=0),
    ) -> None:
        """The poses of a stream's faces: a message for each binary frame."""
        await socket.accept()
        try:
            with service.stream(smooth, detect_every) as frames:
                await _answer_frames(socket, frames, name, fps, limits)
        except BusyError as error:
            await socket.close(TRY_AGAIN_LATER, str(error))

    @app.get('/health')
    async def health() -> Health:
        """The service is ready."""
        method = predictor.method
        return Health(
            status='ok',
            model=method.name,
            weights_sha256=method.weights_sha256,
            version=__version__,
        )

    @app.get('/metrics', response_class=Response)
    def numbers() -> Response:
        """Numbers for Prometheus."""
        return Response(metrics.text(), media_type='text/plain; version=0.0.4')

    return app


async def read_images(request: Request, name: str, limits: Limits) -> list[Look]:
    """The images of a request: its body, or the files of its form.

    Raises:
        HTTPException: The body is too large, comes too late, is cut, or has no image.
    """
    length = request.headers.get('content-length', '')
    if length.isdecimal() and int(length) > limits.max_bytes:
        raise _too_large(limits)
    request = Request(request.scope, _at_most(request.receive, limits))
    is_form = request.headers.get('content-type', '').startswith('multipart/')
    read = _read_form(request, limits) if is_form else request.body()
    try:
        content = await asyncio.wait_for(read, limits.timeout)
    except asyncio.TimeoutError as e:
        raise HTTPException(
            408, f'the body did not arrive within {limits.timeout:g} s'
        ) from e
    except ClientDisconnect as e:
        raise HTTPException(400, 'the body is cut') from e
    looks = content if is_form else [Look(content, name)]
    if not looks or not looks[0].content:
        raise HTTPException(
            400, 'there is no image: send its file as the body, or files in a form'
        )
    return looks


async def _read_form(request: Request, limits: Limits) -> list[Look]:
    most = limits.max_images
    looks = []
    async with request.form(max_files=most, max_fields=most) as form:
        for field, value in form.multi_items():
            if isinstance(value, str):
                raise HTTPException(400, f'the field {field!r} is text, not a file')
            looks.append(Look(await value.read(), value.filename or field))
    return looks


def _at_most(receive: Receive, limits: Limits) -> Receive:
    """A `receive` that ends where a body is too large."""
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get('body', b''))
        if size > limits.max_bytes:
            raise _too_large(limits)
        return message

    return limited


def _too_large(limits: Limits) -> HTTPException:
    return HTTPException(413, f'the body has more than {limits.max_bytes} bytes')


async def _answer_frames(socket, frames, name, fps, limits) -> None:
    """Answer each frame before the next is read; a bad frame ends no stream."""
    start, index = None, 0
    while True:
        try:
            message = await asyncio.wait_for(socket.receive(), limits.timeout)
        except asyncio.TimeoutError:
            await socket.close(POLICY, f'no frame within {limits.timeout:g} s')
            return
        if message['type'] == 'websocket.disconnect':
            if message['code'] == RESTART:
                await socket.close(RESTART, 'the service stops')
            return
        start = time.monotonic() if start is None else start
        seconds = time.monotonic() - start if fps is None else index / fps
        try:
            if message.get('bytes') is None:
                raise BadImageError(
                    'a frame is one binary message: the file of an image'
                )
            found = await frames.records(message['bytes'], name, index, seconds)
            answer = dict(predictions=[found])
        except Exception as error:
            answer = dict(error=_status_and_text(error)[1])
        index += 1
        try:
            await socket.send_text(to_json(answer))
        except WebSocketDisconnect:
            return


def _problem(error: Exception) -> JSONResponse:
    """One line of JSON, whatever went wrong."""
    status, text = _status_and_text(error)
    return JSONResponse(dict(error=text), status)


def _status_and_text(error: Exception) -> tuple[int, str]:
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail)
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return 400, f'{".".join(map(str, first["loc"]))}: {first["msg"]}'
    for kind, status in ((BadImageError, 400), (BusyError, 503), (TimeoutError, 504)):
        if isinstance(error, kind):
            return status, str(error)
    logging.getLogger('uvicorn.error').error('no answer', exc_info=error)
    return 500, 'the service failed: its log says why'


class CountRequests:
    """Counts HTTP requests, and the answers that were sent whole.

    Attributes:
        accepted: Requests that came in.
        answered: Requests whose answer was sent to its end.
    """

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self.accepted = self.answered = 0

    def around(self, app: ASGIApp) -> ASGIApp:
        """An app that is counted."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope['type'] != 'http':
                await app(scope, receive, send)
                return
            status = 500

            async def noting(message: Message) -> None:
                nonlocal status
                status = message.get('status', status)
                await send(message)
                if not message.get('more_body') and 'body' in message:
                    self.answered += 1
                    self.metrics.requests.labels(status).inc()

            self.accepted += 1
            await app(scope, receive, noting)

        return counted
