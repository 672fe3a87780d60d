"""How large and how fast is each network of the zoo? For docs/en/{model_zoo,comparison}.md.

    python tools/deployment/benchmark_zoo.py

One face, then 64, on one thread, in ONNX Runtime, as the networks are exported. They take
turns, so that whatever else the machine does disturbs all of them alike. The weights are
random: they do not change the work. `python tools/analysis_tools/make_tables.py` then
writes the tables.
"""

from pathlib import Path

from mmfsa import zoo
from mmfsa.deploy.timing import benchmark_zoo
from mmfsa.utils import register_all_modules
from mmfsa.utils.cli import clear_errors, script_parser
from mmfsa.utils.files import write_json

if __name__ == '__main__':
    parser = script_parser(__doc__)
    parser.add_argument(
        '--out', type=Path, default=zoo.config_dir() / 'benchmark.json', metavar='JSON'
    )
    parser.add_argument('--rounds', type=int, default=50)
    parser.add_argument('--models', nargs='+', metavar='NAME', help='default: all')
    args = parser.parse_args()
    networks = args.models or zoo.experiments_with_a_network()
    register_all_modules()
    with clear_errors():
        write_json(benchmark_zoo(networks, args.rounds), args.out)
    print(f'wrote {args.out}')
