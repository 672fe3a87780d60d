"""Convert AFLW2000-3D: a folder of imageNNNNN.jpg, each with its .mat.

python tools/dataset_converters/aflw2000.py AFLW2000 --out data/aflw2000
"""

from functools import partial

from _common import argument_parser, img_root, read_all, run, write_index
from _mat_faces import find, read


def main() -> None:
    args = argument_parser(__doc__, 'aflw2000').parse_args()
    items, dropped = find(args.src)
    metainfo = {
        'dataset': 'AFLW2000',
        'box_source': 'landmarks',
        'img_root': img_root(args.src, args.out),
    }
    with read_all(args, items, partial(read, src=args.src), dropped) as results:
        write_index(args, metainfo, results)


if __name__ == '__main__':
    run(main)
