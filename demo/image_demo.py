"""Print the pose of a face crop: from file to angles in a few lines.

python demo/image_demo.py FACE.jpg configs/fsa_caps_1x1_p1.py CHECKPOINT
"""

import argparse

from mmfsa import HeadPosePredictor
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.images import read_image


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('image', help='a face with some margin around it')
    parser.add_argument('config', help='an experiment file, or a name of the zoo')
    parser.add_argument('checkpoint', nargs='?', help="by default the zoo's")
    args = parser.parse_args()
    with clear_errors():
        predictor = HeadPosePredictor(args.config, args.checkpoint)
        poses = predictor(
            read_image(args.image)
        )  # without boxes, the image is the face
    yaw, pitch, roll = poses.euler[0]
    print(f'yaw {yaw:.1f}, pitch {pitch:.1f}, roll {roll:.1f} degrees')


if __name__ == '__main__':
    main()
