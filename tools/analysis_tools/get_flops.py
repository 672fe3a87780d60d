"""Parameters, multiply-adds and file size of models.

    python tools/analysis_tools/get_flops.py configs/fsa_caps_1x1_p1.py [CONFIG ...]

The file size is the size of a checkpoint of mmfsa, in 10⁶ bytes; beside it stands the
paper's. The paper of FSA-Net (Tables 1 and 5) gives the sizes of the authors' Keras files.
"""

from pathlib import Path

from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.zoo.sizes import sizes


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('configs', nargs='+', type=Path, metavar='CONFIG')
    parser.add_argument(
        '--shape',
        nargs=2,
        type=int,
        metavar=('HEIGHT', 'WIDTH'),
        help="the image's; by default the size of the config's crop",
    )
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        print(sizes(args.configs, args.shape))


if __name__ == '__main__':
    main()
