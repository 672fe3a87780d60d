"""Build a TensorRT engine from an exported or converted model.

    python tools/deployment/build_engine.py MODEL.onnx MODEL.engine --profile 1 16 64
    python tools/deployment/build_engine.py MODEL.onnx MODEL.engine --profile 1 16 64 \\
        --runtime tensorrt-rtx --targets 86 89

The precision is the file's: convert it first with convert_precision.py. What the engine
was built from and for is written to MODEL.engine.json.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('engine', __doc__)
