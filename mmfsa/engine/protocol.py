"""Put another protocol's boxes and crop in the place of a test set's."""

from dataclasses import asdict

from torch import nn
from torch.utils.data import Dataset

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.head_pose_dataset import crops_of
from mmfsa.datasets.nested import inner_datasets
from mmfsa.datasets.transforms import DetectFace, LoadImageFromFile
from mmfsa.inputs.pipelines import DETECTOR, pipeline_rule


def change_protocol(
    dataset: Dataset,
    model: nn.Module | None = None,
    box: str | None = None,
    pipeline: str = 'own',
    detector: str = 'centerface',
) -> None:
    """Cut the faces of a test set as another protocol does.

    Args:
        dataset: The test set, before its first image is read.
        model: The model under test. A model that takes whole frames learns the kind of
            box here.
        box: One of :data:`mmfsa.inputs.pipelines.BOXES`: the kind of box that the crop
            rule starts from. With `detector` the rule keeps its kind, and the detector's
            box is converted into this kind; a rule that starts from `pt2d_raw` then
            starts from `visible`. None: the rule's own kind.
        pipeline: `own`, or one of :data:`mmfsa.inputs.pipelines.PIPELINES`, whose crop
            rule takes the place of the model's. The network's input size stays.
        detector: The detector of the box `detector`, see
            :func:`mmfsa.detection.build_detector`.

    Raises:
        ValueError: The pipeline says nothing about the data set, its faces are crops
            already, they have no such boxes, or the model cuts frames itself.
    """
    if box is None and pipeline == 'own':
        return
    for inner in inner_datasets(dataset, 'set_inputs'):
        crops = list(crops_of(inner.pipeline))
        if inner.cache or 'crop_box' in inner.get_data_info(0):
            raise ValueError(
                f'--box and --pipeline change nothing about {inner.ann_file}: its faces '
                'are crops already, of a file or of a cache'
            )
        changes = _changes(inner, box, pipeline)
        if not crops:
            if pipeline != 'own':
                raise ValueError(
                    '--pipeline is for networks of crops, not of whole frames'
                )
            model.use_box(box)
        for crop in crops:
            crop.change_rule(**changes)
            crop.choose(inner.get_data_info(0))  # a kind that is missing shows now
        if box == DETECTOR:
            steps = inner.pipeline.transforms
            steps.insert(_after_loading(steps), DetectFace(detector))


def _changes(dataset: HeadPoseDataset, box: str | None, pipeline: str) -> dict:
    """The values of the crop rule that change."""
    changes = {}
    if pipeline != 'own':
        name = dataset.metainfo.get('dataset', 'a data set without a name')
        changes = asdict(pipeline_rule(pipeline, name))
    if box == DETECTOR:  # no detector's box becomes one that ends at the image
        box = 'visible' if changes.get('box') == 'pt2d_raw' else None
    return changes | ({'box': box} if box else {})


def _after_loading(steps: list) -> int:
    """Where the first step stands that takes a loaded image."""
    loads = [isinstance(step, LoadImageFromFile) for step in steps]
    return loads.index(True) + 1 if any(loads) else 0
