"""The pose of a face with nothing but numpy, OpenCV and ONNX Runtime.

    python demo/onnxruntime_demo.py MODEL.onnx PHOTO.jpg X1 Y1 X2 Y2

The box spans the face's landmarks, from the brows to the chin, in pixels (a detector's is
larger: docs/en/inference.md); how it becomes a crop, and what the angles mean, the file
says itself.
"""

import json
import sys

import cv2
import numpy as np
import onnxruntime

path, photo, *box = sys.argv[1:]
session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
card = {
    key.removeprefix('mmfsa.'): json.loads(value)
    for key, value in session.get_modelmeta().custom_metadata_map.items()
}
(crop_face,) = (t for t in card['preprocessing'] if t['type'].endswith('CropFace'))
image = cv2.imread(photo)  # BGR, as the network takes it
if image is None:
    sys.exit(f'error: {photo} is no image')
pad = crop_face.get('pad', 0.6)
end = crop_face.get('inclusive', False)
x1, y1, x2, y2 = (int(float(v)) for v in box)
w, h = x2 - x1, y2 - y1
left, top = max(int(x1 - pad * w), 0), max(int(y1 - pad * h), 0)
right = min(int(x2 + pad * w), image.shape[1] - 1) + end
bottom = min(int(y2 + pad * h), image.shape[0] - 1) + end
crop = cv2.resize(image[top:bottom, left:right], (card['width'], card['height']))
if card['layout'] == 'NCHW':
    crop = crop.transpose(2, 0, 1)
images = np.ascontiguousarray(crop[None], dtype=card['dtype'])
yaw, pitch, roll = session.run(['pose'], {'images': images})[0][0]
print(f'yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} ({card["convention"]})')
