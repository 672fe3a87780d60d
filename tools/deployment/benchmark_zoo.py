"""How long does each model of the zoo take for one face? For docs/en/model_zoo.md.

    python tools/deployment/benchmark_zoo.py

One face on one thread, in ONNX Runtime, as the models are exported; they take turns, so
that whatever else the machine does disturbs all of them alike. The weights are random:
they do not change the work. `python tools/analysis_tools/make_tables.py` then writes the
tables.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import onnxruntime
from benchmark import cpu_name, measure, onnx_runs
from rich.progress import track

from mmfsa import zoo
from mmfsa.deploy import ModelCard, for_deployment
from mmfsa.deploy.deployed_model import DeployedModel
from mmfsa.deploy.export import write_onnx
from mmfsa.engine import save_checkpoint
from mmfsa.registry import MODELS
from mmfsa.utils import register_all_modules
from mmfsa.utils.files import write_json


def main() -> None:
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
    # The same network is in several experiments: NAME_p1, NAME_p2, …
    experiments = {zoo.network_of(name): name for name in args.models}
    with TemporaryDirectory() as folder:
        paths = {network: Path(folder) / f'{network}.onnx' for network in experiments}
        for network, experiment in track(experiments.items(), 'exporting'):
            card = export(experiment, paths[network])  # all take the same crops
        rows = measure(onnx_runs(paths, card, batch_size=1), 1, args.rounds)
    write_json(
        dict(
            cpu=cpu_name(),
            onnxruntime=onnxruntime.__version__,
            milliseconds={row['model']: round(row['p50'], 2) for row in rows},
        ),
        args.out,
    )
    print(f'wrote {args.out}')


def export(experiment: str, path: Path) -> ModelCard:
    """Write the network of an experiment with random weights as an ONNX file."""
    cfg = zoo.get_config(experiment)
    model = MODELS.build(cfg.model).eval()
    checkpoint = path.with_suffix('.pth')
    save_checkpoint(dict(state_dict=model.state_dict(), meta={}), checkpoint)
    card = ModelCard.of(cfg, checkpoint)
    write_onnx(DeployedModel(for_deployment(model)), path, card)
    return card


if __name__ == '__main__':
    main()
