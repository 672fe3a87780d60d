"""Print a config with everything that it inherits.

python tools/misc/print_config.py configs/fsa_caps_1x1_p1.py
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('config', __doc__)
