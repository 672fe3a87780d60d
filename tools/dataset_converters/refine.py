"""Correct the labels of an index with what trained models see in its images.

    python tools/dataset_converters/refine.py data/aflw --out data/aflw_refined \\
        --teacher configs/fsa_caps_fusion_p1.py fusion.pth

The teachers see every face in several crops and mirrored, and their mean is the second
opinion. A label moves towards it by the angle's --blend, and counts the less the more
the two differ: its weight is 1 / (1 + (difference / --tolerance)²), whatever it was.
In profile, networks turn heads towards the front: there yaw keeps its first label. Pitch
and roll, where both are poor, count --profile-weight times their weight.

OUT/index.json refers to the images of the source; an entry keeps its first label as
`first_label` and the second opinion as `second_opinion`. Run it again with the network
that learned from the result for a second round.
"""

import json
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
import torch
from _common import (
    ANGLES,
    ItemError,
    angles,
    argument_parser,
    img_root,
    read_all,
    run,
    write_index,
)
from mmengine import Config

from mmfsa.apis.network import load_network
from mmfsa.datasets.transforms import CropFace
from mmfsa.structures import closest_triple, mean_pose, wrap_degrees
from mmfsa.utils import register_all_modules

CROPS = [
    CropFace(pad=pad, border=border)
    for pad in (0.4, 0.5, 0.6)
    for border in ('replicate', 'constant')
]
PROFILE = 60


def main() -> None:
    parser = argument_parser(__doc__, 'aflw_refined')
    parser.add_argument(
        '--teacher',
        nargs=2,
        action='append',
        required=True,
        metavar=('CONFIG', 'CHECKPOINT'),
        help='give it more than once for the mean of several',
    )
    parser.add_argument(
        '--blend',
        type=float,
        nargs=3,
        default=(0.4, 0.5, 0.3),
        metavar=('YAW', 'PITCH', 'ROLL'),
        help='what the second opinion counts, 0 to 1; %(default)s',
    )
    parser.add_argument(
        '--tolerance', type=float, default=12, help='in degrees; %(default)s'
    )
    parser.add_argument(
        '--profile-weight',
        type=float,
        default=0.4,
        help=f'of pitch and roll beyond {PROFILE} degrees of yaw; %(default)s',
    )
    args = parser.parse_args()
    if not all(0 <= share <= 1 for share in args.blend):
        raise ValueError(f'--blend takes shares from 0 to 1, got {args.blend}')
    if args.tolerance <= 0:
        raise ValueError(f'--tolerance must be more than 0, got {args.tolerance}')

    index = args.src / 'index.json'
    if not index.is_file():
        raise FileNotFoundError(f'there is no {index}: convert the data set first')
    content = json.loads(index.read_text())
    metainfo, entries = content['metainfo'], content['data_list']
    images = args.src / metainfo.get('img_root', '')
    items = {
        f'{row:06d} {entry["img_path"]}': entry for row, entry in enumerate(entries)
    }
    read = partial(
        refined,
        images=images,
        teachers=tuple(map(tuple, args.teacher)),
        blend=np.array(args.blend),
        tolerance=args.tolerance,
        profile_weight=args.profile_weight,
    )
    # For the workers, which are forked off: they share the cores among themselves.
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    labels = ', '.join(Path(checkpoint).name for _, checkpoint in args.teacher)
    metainfo = {
        'dataset': metainfo['dataset'],
        'box_source': metainfo['box_source'],
        'img_root': img_root(images, args.out),
        'labels': f'refined by {labels}',
    }
    with read_all(args, items, read) as results:
        write_index(args, metainfo, results)


def refined(
    entry: dict,
    images: Path,
    teachers: tuple[tuple[str, str], ...],
    blend: np.ndarray,
    tolerance: float,
    profile_weight: float,
) -> dict:
    """The entry with its label and weights corrected."""
    image = cv2.imread(str(images / entry['img_path']))
    if image is None:
        raise ItemError('unreadable image')
    face = {'img': image, 'face_box': entry['face_box']}
    try:
        crops = [crop(dict(face))['img'] for crop in CROPS]
    except ValueError as error:
        raise ItemError('face box outside the image', entry['face_box']) from error
    looks = [network(*teacher).estimate(np.stack(crops)) for teacher in teachers]
    label = np.array([entry[angle] for angle in ANGLES])
    opinion = mean_pose(closest_triple(np.concatenate(looks), label))
    difference = wrap_degrees(opinion - label)
    weight = 1 / (1 + (difference / tolerance) ** 2)
    if abs(label[0]) > PROFILE:
        blend = blend * [0, 1, 1]
        weight[1:] *= profile_weight
    pose = wrap_degrees(label + blend * difference)
    return {
        **entry,
        **angles(pose),
        'weight': weight.round(4).tolist(),
        'first_label': label.tolist(),
        'second_opinion': opinion.round(3).tolist(),
    }


@cache
def network(config: str, checkpoint: str):
    """This process's own copy of a teacher, which sees mirror images, too."""
    register_all_modules()
    cfg = Config.fromfile(config)
    cfg.model.test_cfg = dict(flip_test=True)
    return load_network(cfg, checkpoint, device='cpu')[0]


if __name__ == '__main__':
    run(main)
