"""Score weights under several protocols: their own crop, and those of released test codes.

    python tools/analysis_tools/measure_protocols.py CONFIG [CHECKPOINT]
        --data-root data --out docs/logs/protocols/NAME.json

AFLW2000 must be converted with this version (`mmfsa data aflw2000`). The tables of
docs/en/protocols.md are made of the files in docs/logs/protocols
(tools/analysis_tools/make_tables.py).
"""

from pathlib import Path

from mmfsa.cli.options import add_runner_arguments, runner_settings
from mmfsa.cli.test import named
from mmfsa.evaluation.protocols import measure_protocols
from mmfsa.utils.cli import clear_errors, script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument(
        'config', help='the experiment file, or a name of the zoo with its weights'
    )
    parser.add_argument('checkpoint', type=Path, nargs='?', help='its weights')
    parser.add_argument(
        '--out', type=Path, required=True, metavar='JSON', help='the results file'
    )
    add_runner_arguments(parser)
    args = parser.parse_args()
    with clear_errors():
        config, weights = named(args)
        print(measure_protocols(config, weights, args.out, **runner_settings(args)))


if __name__ == '__main__':
    main()
