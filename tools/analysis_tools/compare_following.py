"""How well faces are followed, against a detection in each frame, in rendered films.

    python tools/analysis_tools/compare_following.py --detector blazeface-full

In the films people turn, walk, come nearer, cross and leave. Their boxes and poses are
known. The films are rendered first, which takes some minutes.
"""

from mmfsa import create_model
from mmfsa.evaluation.following import FRAMES, compare_following
from mmfsa.tracking import FaceFollower
from mmfsa.utils.cli import clear_errors, positive, script_parser

WAYS = {
    'each frame': FaceFollower,
    'followed': lambda detector: FaceFollower(detector, follow=True),
    'boxes stay': lambda detector: FaceFollower(detector, 10),
}


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--detector', default='blazeface-full')
    parser.add_argument('--model', default='nano', help='whose poses are compared')
    parser.add_argument('--frames', type=positive, default=FRAMES, help='of a film')
    args = parser.parse_args()
    with clear_errors():
        method = create_model(args.model, backend='onnxruntime', threads=1)
        print(compare_following(WAYS, args.detector, method, args.frames))


if __name__ == '__main__':
    main()
