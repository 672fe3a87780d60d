"""Print the pose of a face crop: from file to angles in a few lines.

python demo/image_demo.py FACE.jpg configs/fsa_caps_1x1_p1.py CHECKPOINT
"""

import argparse

import cv2
import mmcv
import torch
from mmengine import Config

from mmfsa.engine import load_weights
from mmfsa.registry import MODELS
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('image', help='a face with some margin around it')
    parser.add_argument('config')
    parser.add_argument('checkpoint')
    args = parser.parse_args()
    with clear_errors():
        model = MODELS.build(Config.fromfile(args.config).model).eval()
        load_weights(model, args.checkpoint)
        image = mmcv.imread(args.image)
    crop = torch.from_numpy(cv2.resize(image, (64, 64))).permute(2, 0, 1)[None].float()
    with torch.no_grad():
        yaw, pitch, roll = model(crop)[0].tolist()
    print(f'yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} degrees')


if __name__ == '__main__':
    main()
