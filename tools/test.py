"""Score a checkpoint as the paper does.

    python tools/test.py configs/fsa_caps_1x1_p1.py CHECKPOINT --out results.json

Without --test-set a model is scored on every test set of its protocol. With --backend it
is scored as it runs once deployed:

    python tools/test.py configs/fsa_caps_1x1_p1.py MODEL.onnx --backend openvino
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('test', __doc__)
