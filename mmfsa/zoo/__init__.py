"""The zoo: names of networks and weights, their configs, and the weights of mmfsa."""

from .config_files import (
    PACKAGE,
    config_dir,
    experiments,
    metafile_models,
    models,
    network_of,
)
from .names import (
    Entry,
    default_model,
    entries,
    entries_by_name,
    experiments_with_a_network,
    find_model,
    get_config,
    list_models,
    resolve,
)
from .weights import (
    WEIGHTS,
    PackagedWeights,
    kept_path,
    name_by_digest,
    packaged_weights,
)

__all__ = [
    'PACKAGE',
    'WEIGHTS',
    'Entry',
    'PackagedWeights',
    'config_dir',
    'default_model',
    'entries',
    'entries_by_name',
    'experiments',
    'experiments_with_a_network',
    'find_model',
    'get_config',
    'kept_path',
    'list_models',
    'metafile_models',
    'models',
    'name_by_digest',
    'network_of',
    'packaged_weights',
    'resolve',
]
