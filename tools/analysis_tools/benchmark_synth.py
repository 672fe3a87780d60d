"""How many synthetic heads a machine renders per second.

python tools/analysis_tools/benchmark_synth.py --workers 2 --num 1000
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor

import cv2

from mmfsa.synth.factors import PER_SUBJECT
from mmfsa.synth.renderer import HeadRenderer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--num', type=int, default=1000, help='heads')
    parser.add_argument('--workers', type=int, default=2)
    args = parser.parse_args()
    with ProcessPoolExecutor(args.workers, initializer=start) as pool:
        list(pool.map(render, range(args.workers * 8)))  # compiles, or loads what is
        begin = time.perf_counter()
        busy = sum(pool.map(render, range(args.num), chunksize=16))
        seconds = time.perf_counter() - begin
    print(
        f'{args.num / seconds:.1f} heads per second with {args.workers} workers; '
        f'{1000 * busy / args.num:.1f} ms of processor time each'
    )


def start() -> None:
    global renderer  # of this worker
    cv2.setNumThreads(1)
    renderer = HeadRenderer()


def render(row: int) -> float:
    begin = time.process_time()
    renderer(0, *divmod(row, PER_SUBJECT))
    return time.process_time() - begin


if __name__ == '__main__':
    main()
