"""How fast is a model, and how fast is it once deployed? All side by side in one run.

    python tools/deployment/benchmark.py configs/fsa_caps_1x1_p1.py CHECKPOINT \\
        MODEL.onnx MODEL_int8.onnx --out benchmark.json --plot benchmark.png

On the CPU with one thread and with all, torch, ONNX Runtime and OpenVINO take turns, so
that whatever else the machine does disturbs all of them alike; ResNet-50 at 224x224, the
backbone of many head pose estimators, is there to compare with. Where there is a GPU,
torch and the engines are timed there, by CUDA events. With --steps, instead, what each
simplification of the exported graph gives in ONNX Runtime. With --frames, instead, the way
from a frame to poses by its parts: detector, crop, network.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('benchmark', __doc__)
