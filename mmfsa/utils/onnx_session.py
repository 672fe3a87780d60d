"""A session of ONNX Runtime, for whoever runs an ONNX file."""

from pathlib import Path

from mmfsa.utils.doors import check_file
from mmfsa.utils.files import native_path
from mmfsa.utils.packages import import_package
from mmfsa.utils.reading import damaged


def open_session(
    model: str | Path | bytes,
    provider: str = 'CPUExecutionProvider',
    threads: int | None = None,
):
    """ONNX Runtime's session, quiet and considerate of what else runs in the process.

    Args:
        model: The ONNX file, or its content.
        provider: What runs it.
        threads: CPU threads; ONNX Runtime's choice by default.

    Raises:
        ImportError: If onnxruntime is not installed.
        ValueError: If the file is damaged, or no ONNX file.
    """
    ort = import_package('onnxruntime')
    options = ort.SessionOptions()
    options.log_severity_level = 3
    # Threads that wait by spinning hold up the other networks, and OpenCV, beside them.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    if threads:
        options.intra_op_num_threads = options.inter_op_num_threads = threads
    if isinstance(model, bytes):
        return ort.InferenceSession(model, options, providers=[provider])
    check_file(model)
    with damaged(model, 'ONNX file'), native_path(model) as path:
        return ort.InferenceSession(path, options, providers=[provider])
