"""Print a config with everything that it inherits.

python tools/misc/print_config.py configs/fsa_caps_1x1_p1.py
"""

import argparse

from mmengine import DictAction

from mmfsa.utils.cli import clear_errors
from mmfsa.utils.configs import load_config


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction, default={})
    args = parser.parse_args()
    with clear_errors():
        cfg = load_config(args.config)
    cfg.merge_from_dict(args.cfg_options)
    print(cfg.pretty_text)


if __name__ == '__main__':
    main()
