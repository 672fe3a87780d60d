"""Does a deployed model compute the same poses? Compares every backend with torch.

    python tools/deployment/verify.py configs/fsa_caps_1x1_p1.py CHECKPOINT \\
        MODEL.onnx MODEL_fp16.onnx MODEL.engine \\
        --crops data/aflw2000/index.json --out verify.json

ONNX files are run by ONNX Runtime, OpenVINO and OpenCV, engines by the TensorRT that built
them. Exits with 1 if a file that could be run is beyond the gate of its precision: float32
1e-3° for every angle, float16 0.1° for 99 % of them, int8 0.1° of mean absolute error on
a labelled data set.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('verify', __doc__)
