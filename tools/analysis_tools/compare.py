"""Results side by side, beside the rows that papers print.

    python tools/analysis_tools/compare.py A.json B.json [...] [--out comparison.md]

Numbered notes say which rows do not compare with the others: those with a part of the
test set, of another protocol, or trained on other data.
"""

from mmfsa.cli import run_script

if __name__ == '__main__':
    run_script('compare', __doc__)
