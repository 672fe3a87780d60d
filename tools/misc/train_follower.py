"""Train the network that follows faces on rendered heads, and export it.

    synth="mmfsa synth --factors box_share=(2.3,3.1)"
    $synth --num 12000 --seed 40 --out data/synth_wide
    $synth --num 1000 --seed 41 --out data/synth_wide_val
    python tools/misc/train_follower.py data/synth_wide follower.onnx \\
        --val data/synth_wide_val

The pictures show more than the face, so that a face can be looked for.
"""

from pathlib import Path

from mmfsa.engine.follower_training import (
    export_follower,
    read_heads,
    score_follower,
    train_follower,
)
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('data_root', type=Path, help='the heads of mmfsa synth')
    parser.add_argument('out', type=Path, help='the ONNX file to write')
    parser.add_argument('--val', type=Path, required=True, help='heads to test on')
    parser.add_argument('--steps', type=int, default=8000)
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    with clear_errors():
        val = read_heads(args.val)
        network = train_follower(read_heads(args.data_root), args.steps, seed=args.seed)
        print(f'{args.out} is {export_follower(network, args.out):.1e} sides off torch')
        for name, value in score_follower(network, val).items():
            print(f'{name}: {value:.3f}')


if __name__ == '__main__':
    main()
