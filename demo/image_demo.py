"""Print the pose of a face crop: from file to angles in a few lines.

python demo/image_demo.py FACE.jpg configs/fsa_caps_1x1_p1.py CHECKPOINT
"""

import argparse

import cv2
import mmcv
from mmengine import Config

from mmfsa.deploy import ModelCard
from mmfsa.deploy.parity import reference_poses
from mmfsa.methods import load_model
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
        cfg = Config.fromfile(args.config)
        model, _ = load_model(cfg, args.checkpoint)
        card = ModelCard.of(cfg, args.checkpoint)  # it knows what the network takes
        image = mmcv.imread(args.image)
    crop = cv2.resize(image, (card.width, card.height))
    yaw, pitch, roll = reference_poses(model, crop[None])[0]
    print(f'yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} degrees')


if __name__ == '__main__':
    main()
