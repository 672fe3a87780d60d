"""Poses of face crops with numpy, TensorRT and CUDA's own library (through ctypes).

python demo/tensorrt_demo.py MODEL.engine CROPS.npy

CROPS.npy holds float32 (N, 3, 64, 64), BGR, 0 to 255; N must be in the engine's profile.
"""

import ctypes
import sys
from pathlib import Path

import numpy as np
import tensorrt as trt

cudart = ctypes.CDLL('libcudart.so')  # TensorRT allocates no memory


def managed(shape: tuple[int, ...]) -> tuple[int, np.ndarray]:
    """The address of float32 memory that host and GPU share, and an array over it."""
    pointer, size = ctypes.c_void_p(), int(np.prod(shape))
    if cudart.cudaMallocManaged(ctypes.byref(pointer), ctypes.c_size_t(4 * size), 1):
        sys.exit('error: CUDA gives no memory')
    floats = (ctypes.c_float * size).from_address(pointer.value)
    return pointer.value, np.frombuffer(floats, np.float32).reshape(shape)


runtime = trt.Runtime(trt.Logger(trt.Logger.WARNING))
engine = runtime.deserialize_cuda_engine(Path(sys.argv[1]).read_bytes())
context = engine.create_execution_context()
crops = np.load(sys.argv[2])
address, images = managed(crops.shape)
images[:] = crops
output, poses = managed((len(crops), 3))
accepted = context.set_input_shape('images', crops.shape)
context.set_tensor_address('images', address)
context.set_tensor_address('pose', output)
if not (accepted and context.execute_async_v3(0)) or cudart.cudaDeviceSynchronize():
    sys.exit('error: TensorRT refused the call; its reasons are above')
print(poses)
