"""Put a checkpoint among the weights that come with mmfsa.

    python tools/misc/publish_model.py CHECKPOINT fsa_caps_1x1_synthetic \\
        --licence Apache-2.0 --training-data "rendered heads (CC0)"

The file becomes mmfsa/weights/EXPERIMENT.pth, without optimiser and logs, and gets its
entry in mmfsa/weights/index.json. Only weights that may be passed on belong there. The file
of a method without a network, such as a random forest's .npz, is copied as it is. A
fusion has no file: give the names of its models, which are there already.

    python tools/misc/publish_model.py fsa_caps_{1x1,var,wo} fsa_caps_fusion \\
        --licence … --training-data …
"""

from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.zoo.publish import publish


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument(
        'source', nargs='+', help="a checkpoint, or the names of a fusion's models"
    )
    parser.add_argument(
        'name', help='the experiment of the weights, or their NETWORK.TAG'
    )
    parser.add_argument('--licence', required=True, help='SPDX identifier')
    parser.add_argument('--training-data', required=True, help='with its licence')
    parser.add_argument(
        '--first',
        action='store_true',
        help='the model is what a user gets who names none',
    )
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        entry = publish(**vars(args))
        for path in entry.paths:
            megabytes = path.stat().st_size / 1e6
            print(f'{path}: {megabytes:.2f} MB, {entry.files[path.name]}')


if __name__ == '__main__':
    main()
