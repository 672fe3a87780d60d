"""Export a checkpoint to ONNX.

    python tools/deployment/export_onnx.py configs/fsa_caps_1x1_p1.py \\
        CHECKPOINT OUT.onnx --crops data/300wlp/index.json

The file gets its name after ONNX Runtime has computed from it what torch computes, on
random crops and on those given.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('export', __doc__)
