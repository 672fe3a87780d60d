"""Runs the service: one process or several, until a signal; then nothing gets lost."""

import logging
import os
import signal
import socket
import sys
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.connection import wait

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from mmfsa.utils.cli import USER_ERRORS, report
from mmfsa.utils.files import temporary_folder
from mmfsa.utils.threads import end_with_parent

from .limits import Limits
from .metrics import SHARED

SIGNALS = signal.SIGTERM, signal.SIGINT
PATIENCE = 30  # seconds for a worker to end, beside the time-outs of its requests
CAN_NOT_START = 3  # the exit status of a worker that another try would not help


class FinishingStream(WebSocketsSansIOProtocol):
    """A WebSocket that answers the frames it has before the service stops."""

    def shutdown(self) -> None:
        if self.handshake_complete and not self.close_sent:
            self.queue.put_nowait({'type': 'websocket.disconnect', 'code': 1012})
        else:
            super().shutdown()


def serve(settings: dict, limits: Limits, host: str, port: int, workers: int) -> int:
    """Serve until SIGTERM or Ctrl+C. Then every accepted request is answered first.

    Args:
        settings: Arguments of :class:`mmfsa.HeadPosePredictor`.
        limits: What each worker refuses.
        host: The address to listen at.
        port: The port; 0: a free one. Standard error says which.
        workers: Processes, each with a predictor of its own.

    Returns:
        The exit status: 0, or 2 where the workers can't start.

    Raises:
        OSError: The port is taken, or not permitted.
        ValueError: A setting is wrong.
    """
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    with ExitStack() as stack:
        listener = stack.enter_context(
            socket.create_server((host, port), family=family, backlog=2048)
        )
        where = f'[{host}]' if ':' in host else host
        sys.stderr.write(f'mmfsa: http://{where}:{listener.getsockname()[1]}\n')
        if workers == 1:
            _work(settings, limits, listener)
            return 0
        os.environ[SHARED] = stack.enter_context(temporary_folder())
        return _watch_workers(workers, settings, limits, listener)


def _work(settings: dict, limits: Limits, listener: socket.socket) -> None:
    """Serve in this process."""
    # Not before they are needed: who only watches workers needs no torch.
    from mmfsa.apis import HeadPosePredictor

    from .app import create_app

    app = create_app(HeadPosePredictor(**settings), limits)
    config = uvicorn.Config(
        app,
        http='h11',
        ws=FinishingStream,
        ws_max_size=limits.max_bytes,
        ws_per_message_deflate=False,
        access_log=False,
        server_header=False,
    )
    for number in SIGNALS:  # uvicorn stops at a signal, and then repeats it
        signal.signal(number, lambda *_: sys.exit(0))
    uvicorn.Server(config).run([listener])


def _watch_workers(
    workers: int, settings: dict, limits: Limits, listener: socket.socket
) -> int:
    """Run workers; one that dies is replaced. A signal stops all of them."""
    stopped = []
    for number in SIGNALS:
        signal.signal(number, lambda *_: stopped.append(0))

    arguments = os.getpid(), settings, limits, listener

    def start():
        # spawn: a forked process would share torch's threads and locks
        process = get_context('spawn').Process(target=_worker, args=arguments)
        process.start()
        return process

    processes = [start() for _ in range(workers)]
    while not stopped:
        wait([process.sentinel for process in processes], timeout=0.2)
        for i, process in enumerate(processes):
            if process.exitcode == CAN_NOT_START:
                stopped.append(2)
            elif process.exitcode is not None and not stopped:
                logging.getLogger(__name__).error(
                    'worker %s ended with %s: another one starts',
                    *(process.pid, process.exitcode),
                )
                processes[i] = start()
    listener.close()  # or clients would wait for whom nobody accepts
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(2 * limits.timeout + PATIENCE)
        process.kill()  # one that hangs after its last answer
    return max(stopped)


def _worker(parent: int, *arguments: object) -> None:
    """Serve in a process of its own; a user's error is one line."""
    end_with_parent(parent)
    # While it loads, a signal ends it at once: imports may swallow exceptions.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        _work(*arguments)
    except USER_ERRORS as error:
        report(error, 'mmfsa')
        sys.exit(CAN_NOT_START)
