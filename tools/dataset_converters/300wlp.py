"""Convert 300W-LP: folders AFW, AFW_Flip, HELEN, …, of NAME.jpg with its NAME.mat.

    python tools/dataset_converters/300wlp.py 300W_LP --out data/300wlp

`sequence` is the photograph: its renderings, mirrored or not, show one person.
"""

from functools import partial
from pathlib import Path

from _common import argument_parser, img_root, read_all, run, write_index
from _mat_faces import find, read

FOLDERS = [
    f'{name}{flip}'
    for name in ('AFW', 'HELEN', 'IBUG', 'LFPW')
    for flip in ('', '_Flip')
]


def read_rendering(name: str, src: Path) -> dict:
    # AFW/AFW_134212_1_0.jpg is rendering 0 of photograph AFW_134212_1.
    return read(name, src) | {'sequence': Path(name).stem.rpartition('_')[0]}


def main() -> None:
    args = argument_parser(__doc__, '300wlp').parse_args()
    folders = [name for name in FOLDERS if (args.src / name).is_dir()]
    if not folders:
        raise ValueError(f'{args.src} has none of the folders {", ".join(FOLDERS)}')
    items, dropped = {}, {}
    for folder in folders:
        found, bad = find(args.src, folder)
        items |= found
        dropped |= bad
    metainfo = {
        'dataset': '300W-LP',
        'box_source': 'landmarks',
        'img_root': img_root(args.src, args.out),
    }
    reader = partial(read_rendering, src=args.src)
    with read_all(args, items, reader, dropped) as results:
        write_index(args, metainfo, results)


if __name__ == '__main__':
    run(main)
