"""A session of ONNX Runtime, for whoever runs an ONNX file."""

from collections.abc import Sequence
from pathlib import Path

from mmfsa.utils.doors import check_file
from mmfsa.utils.files import native_path
from mmfsa.utils.packages import import_package
from mmfsa.utils.reading import damaged
from mmfsa.utils.threads import usual_threads

CPU = 'CPUExecutionProvider'


def open_session(
    model: str | Path | bytes,
    provider: str = CPU,
    threads: int | None = None,
):
    """ONNX Runtime's session, quiet and considerate of what else runs in the process.

    Args:
        model: The ONNX file, or its content.
        provider: What runs it.
        threads: CPU threads; by default what `OMP_NUM_THREADS` says, or else ONNX
            Runtime's choice.

    Raises:
        ImportError: If onnxruntime is not installed.
        ValueError: If the file is damaged, or no ONNX file.
    """
    ort = import_package('onnxruntime')
    options = ort.SessionOptions()
    options.log_severity_level = 3
    # Threads that wait by spinning hold up the other networks, and OpenCV, beside them.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    if threads := threads or usual_threads():
        options.intra_op_num_threads = options.inter_op_num_threads = threads
    if isinstance(model, bytes):
        return ort.InferenceSession(model, options, providers=[provider])
    check_file(model)
    with damaged(model, 'ONNX file'), native_path(model) as path:
        return ort.InferenceSession(path, options, providers=[provider])


def open_network(
    path: str | Path, what: str, outputs: Sequence[Sequence[int]], **options
):
    """A session for a file of another project, after a look at what the file holds.

    Args:
        path: The ONNX file.
        what: What the file should hold, for the messages.
        outputs: The shapes of its outputs, without the batch.
        **options: Further arguments of :func:`open_session`.

    Raises:
        ImportError: If onnxruntime is not installed.
        FileNotFoundError: If the file is not there.
        ValueError: If it is damaged, or holds another network.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no {what} {path}')
    session = open_session(path, **options)
    shapes = [output.shape[1:] for output in session.get_outputs()]
    if len(session.get_inputs()) != 1 or shapes != [*map(list, outputs)]:
        raise ValueError(f'{path} is no {what}: it gives {shapes}')
    return session


def provider_of(device: str | None) -> str:
    """What of ONNX Runtime runs a network on a device, as far as it is there."""
    cuda = 'CUDAExecutionProvider'
    if device is None or not device.startswith('cuda'):
        return CPU
    available = import_package('onnxruntime').get_available_providers()
    return cuda if cuda in available else CPU
