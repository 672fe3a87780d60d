"""How many synthetic heads a machine renders per second.

python tools/analysis_tools/benchmark_synth.py --workers 2 --num 1000
"""

from mmfsa.synth.speed import heads_per_second
from mmfsa.utils.cli import script_parser


def main() -> None:
    parser = script_parser(__doc__)
    parser.add_argument('--num', type=int, default=1000, help='heads')
    parser.add_argument('--workers', type=int, default=2)
    args = parser.parse_args()
    speed, seconds = heads_per_second(args.num, args.workers)
    print(
        f'{speed:.1f} heads per second with {args.workers} workers; '
        f'{1000 * seconds:.1f} ms of processor time each'
    )


if __name__ == '__main__':
    main()
