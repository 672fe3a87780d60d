"""Train the learned smoother on rendered films, and export it.

    mmfsa synth --sequences 40 --length 150 --seed 100 --out data/synth_films
    python tools/misc/train_smoother.py data/synth_films/index.json smoother.onnx

The films are those of `mmfsa synth --sequences`. Each network sees them with boxes that
tremble, and the smoother learns to take its errors' trembling away.
"""

from pathlib import Path

from mmfsa import create_model
from mmfsa.engine.smoother_training import export_smoother, train_smoother
from mmfsa.evaluation.smoothers import watch_films
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('index', type=Path, help='the index.json of rendered films')
    parser.add_argument('out', type=Path, help='the ONNX file to write')
    parser.add_argument(
        '--models',
        nargs='+',
        default=['nano', 'fsa_caps_1x1.synthetic'],
        help='networks',
    )
    parser.add_argument('--steps', type=int, default=500)
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    with clear_errors():
        films = [
            film
            for model in args.models
            for film in watch_films(
                args.index, create_model(model, backend='onnxruntime', threads=1)
            )
        ]
        smoother = train_smoother(films, args.steps, seed=args.seed)
        print(f'{args.out} is {export_smoother(smoother, args.out):.1e}° off torch')


if __name__ == '__main__':
    main()
