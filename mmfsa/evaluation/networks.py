"""The networks that an analysis compares, by their names."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from mmfsa.methods import CropMethod, LandmarkMethod, create_model
from mmfsa.utils.files import NETWORKS

BACKEND = 'onnxruntime'
Network = CropMethod | LandmarkMethod  # what gives poses of crops


def load_networks(models: Iterable[str | Path]) -> dict[str, Network]:
    """Networks by the names that a plot gives them.

    Args:
        models: Names of the zoo whose weights are there; or checkpoints, ONNX files and
            engines that name their experiment.

    Raises:
        FileNotFoundError: There are no such weights.
        ValueError: Weights don't name their experiment, or there is no such model.
    """
    models = [Path(model) for model in models]
    count = Counter(path.stem for path in models)
    networks = {}
    for path in models:
        if path.is_file() or path.suffix in NETWORKS:
            name = path.stem if count[path.stem] == 1 else str(path)
            networks[name] = create_model(None, path, BACKEND)
        else:
            networks[str(path)] = create_model(str(path), backend=BACKEND)
    return networks
