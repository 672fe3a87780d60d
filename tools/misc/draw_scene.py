"""Draw the front page's pictures: rendered people with the poses that a network sees.

python tools/misc/draw_scene.py --out docs/images

people.jpg: six people. turning.webp: one who turns, with exact and predicted angles.
"""

from pathlib import Path

from mmfsa import HeadPoseInferencer
from mmfsa.structures import ANGLES
from mmfsa.synth.showcase import FRAMES, draw_group, draw_turning
from mmfsa.utils.cli import script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--out', type=Path, required=True, help='folder')
    parser.add_argument('--frames', type=int, default=FRAMES, help='of turning.webp')
    args = parser.parse_args()
    inferencer = HeadPoseInferencer()

    def predict(image):
        (result,) = inferencer(image)
        return result['predictions'][0]

    faces = draw_group(predict, args.out / 'people.jpg')
    draw_turning(predict, args.out / 'turning.webp', args.frames)
    for face in sorted(faces, key=lambda face: face['box'][0]):
        print(*(f'{name} {face[name]:+.1f}' for name in ANGLES))


if __name__ == '__main__':
    main()
