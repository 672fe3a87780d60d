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

path, photo, *box = sys.argv[1:]
kind = box.pop() if len(box) == 5 else 'visible'
session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
card = {
    key.removeprefix('mmfsa.'): json.loads(value)
    for key, value in session.get_modelmeta().custom_metadata_map.items()
}
image = cv2.imread(photo)  # BGR, as the file takes it
if image is None:
    sys.exit(f'error: {photo} is no image')
spec = InputSpec.from_dict(card['inputs'])
crop = crop_face(image, [float(value) for value in box], spec, kind).image
if card['layout'] == 'NCHW':
    crop = crop.transpose(2, 0, 1)
images = np.ascontiguousarray(crop[None], dtype=card['dtype'])
yaw, pitch, roll = session.run(['pose'], {'images': images})[0][0]
print(f'yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} ({card["convention"]})')
