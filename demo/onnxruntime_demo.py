"""The pose of a face with numpy, OpenCV, ONNX Runtime and mmfsa's box arithmetic alone.

    python demo/onnxruntime_demo.py MODEL.onnx PHOTO.jpg X1 Y1 X2 Y2 [KIND]

KIND says what the box spans (docs/en/inference.md): `visible` landmarks, from the brows to
the chin, by default. How the box becomes a crop, and what the angles mean, the file says
itself.
"""

import json
import sys

import cv2
import numpy as np
import onnxruntime

from mmfsa.inputs import InputSpec, crop_face

if len(sys.argv) not in (7, 8):
    sys.exit(f'usage: {__doc__}')
path, photo, *box = sys.argv[1:]
kind = box.pop() if len(box) == 5 else 'visible'
x1, y1, x2, y2 = (float(value) for value in box)
if not (x1 < x2 and y1 < y2):
    sys.exit(f'error: the box {box} is not X1 Y1 X2 Y2 with X1 < X2 and Y1 < Y2')
session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
card = {
    key.removeprefix('mmfsa.'): json.loads(value)
    for key, value in session.get_modelmeta().custom_metadata_map.items()
    if key.startswith('mmfsa.')
}
if 'inputs' not in card:
    sys.exit(f'error: {path} does not say what it takes: write it with `mmfsa export`')
image = cv2.imread(photo)  # BGR, as the file takes it
if image is None:
    sys.exit(f'error: {photo} is no image')
spec = InputSpec.from_dict(card['inputs'])
crop = crop_face(image, (x1, y1, x2, y2), spec, kind).image
if card['layout'] == 'NCHW':
    crop = crop.transpose(2, 0, 1)
images = np.ascontiguousarray(crop[None], dtype=card['dtype'])
yaw, pitch, roll = session.run(['pose'], {'images': images})[0][0]
print(f'yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} ({card["convention"]})')
