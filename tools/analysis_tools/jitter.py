"""How much the poses of models jitter when the crop moves, and the face does not.

    python tools/analysis_tools/jitter.py nano small --data-root data/aflw2000 \\
        --out jitter.png

The crop moves by some of its pixels, to four sides, or gets a little wider or narrower. The
pose should stay. What it changes is drawn in degrees (geodesic, mean over the faces with
|angle| ≤ 99). Beside the picture its numbers are written as .json.
"""

import argparse
from pathlib import Path

from mmfsa.evaluation.jitter import compare_jitter
from mmfsa.utils.cli import clear_errors


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        'models', nargs='+', metavar='MODEL', help='a name of the zoo, or its weights'
    )
    parser.add_argument(
        '--data-root', required=True, metavar='DIR', help='with boxes of faces'
    )
    parser.add_argument('--out', type=Path, required=True, metavar='PNG')
    args = parser.parse_args()
    with clear_errors():
        print(compare_jitter(args.models, args.data_root, args.out))
        print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
