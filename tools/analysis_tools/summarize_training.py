"""One picture of a training run: error over the epochs, and faces with their poses.

    python tools/test.py CONFIG CHECKPOINT --out results.json --predictions
    python tools/analysis_tools/summarize_training.py work_dirs/RUN results.json \\
        --out summary.png

The faces are those of the results, evenly spread from the left profile to the right,
with the predicted axes; below each one the prediction and the label.
"""

from pathlib import Path

from mmfsa.evaluation.training_summary import summarize
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('run', type=Path, help='its work directory')
    parser.add_argument('results', type=Path, help='the results of one test set')
    parser.add_argument('--out', type=Path, required=True, metavar='PNG')
    args = parser.parse_args()
    with clear_errors():
        print(summarize(args.run, args.results, args.out))
        print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
