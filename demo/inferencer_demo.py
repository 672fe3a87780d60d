"""From a photo to the poses of its faces.

python demo/inferencer_demo.py PHOTO --weights CHECKPOINT --out results
"""

import argparse

from mmfsa import HeadPoseInferencer
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('inputs', help='image, folder, glob, video or webcam:N')
    parser.add_argument('--model', help='that of the weights by default')
    parser.add_argument('--weights', help='checkpoint (.pth) or export (.onnx)')
    parser.add_argument('--out', help='folder for the pictures')
    args = parser.parse_args()
    with clear_errors():
        inferencer = HeadPoseInferencer(args.model, args.weights)
        for result in inferencer(args.inputs, vis_out_dir=args.out):
            for faces in result['predictions']:
                for face in faces:
                    print(face['image'], face['yaw'], face['pitch'], face['roll'])


if __name__ == '__main__':
    main()
