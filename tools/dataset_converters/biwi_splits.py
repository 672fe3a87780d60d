"""Draw BIWI's splits by subject and write them into the package.

python tools/dataset_converters/biwi_splits.py --seed 0
"""

import argparse

from mmfsa.datasets.converters.biwi_splits import write_splits

if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--seed', type=int, default=0, help='of the draw; %(default)s')
    write_splits(parser.parse_args().seed)
