"""How long does each model of the zoo take for one face? For docs/en/model_zoo.md.

    python tools/deployment/benchmark_zoo.py

One face on one thread, in ONNX Runtime, as the models are exported; they take turns, so
that whatever else the machine does disturbs all of them alike. The weights are random:
they do not change the work. `python tools/analysis_tools/make_tables.py` then writes the
tables.
"""

import argparse
from pathlib import Path

from mmfsa import zoo
from mmfsa.deploy.timing import time_zoo
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors
from mmfsa.utils.files import write_json

if __name__ == '__main__':
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        '--out', type=Path, default=zoo.config_dir() / 'latency.json', metavar='JSON'
    )
    parser.add_argument('--rounds', type=int, default=50)
    parser.add_argument('--models', nargs='+', default=zoo.models(), metavar='NAME')
    args = parser.parse_args()
    register_all_modules()
    with clear_errors():
        write_json(time_zoo(args.models, args.rounds), args.out)
    print(f'wrote {args.out}')
