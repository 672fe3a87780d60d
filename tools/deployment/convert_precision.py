"""Convert an exported model to float16 or int8.

    python tools/deployment/convert_precision.py MODEL.onnx OUT.onnx --fp16 \\
        --crops data/300wlp/index.json
    python tools/deployment/convert_precision.py MODEL.onnx OUT.onnx --int8 \\
        --crops data/300wlp/index.json

int8 calibrates on the crops: take some that the model was trained on, or others like
them, never those that it is scored on. A table shows what each layer alone costs; the
layers that cost too much stay in float.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('precision', __doc__)
