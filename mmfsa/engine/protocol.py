"""Put another protocol's boxes and crop in the place of a test set's."""

from dataclasses import asdict

from torch.utils.data import Dataset

from mmfsa.datasets import HeadPoseDataset
from mmfsa.datasets.head_pose_dataset import crops_of
from mmfsa.datasets.nested import inner_datasets
from mmfsa.datasets.transforms import CropFace, DetectFace
from mmfsa.inputs.pipelines import DETECTOR, pipeline_rule


def change_protocol(
    dataset: Dataset,
    box: str | None = None,
    pipeline: str = 'own',
    detector: str = 'centerface',
) -> None:
    """Cut the faces of a test set as another protocol does.

    Args:
        dataset: The test set, before its first image is read.
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
            already, or they have no such boxes.
    """
    if box is None and pipeline == 'own':
        return
    for inner in inner_datasets(dataset, 'set_inputs'):
        crops = list(crops_of(inner.pipeline))
        if not crops or inner.cache or 'crop_box' in inner.get_data_info(0):
            raise ValueError(
                f'--box and --pipeline change nothing about {inner.ann_file}: its faces '
                'are crops already, of a file or of a cache'
            )
        changes = _changes(inner, box, pipeline)
        for crop in crops:
            crop.change_rule(**changes)
            crop.choose(inner.get_data_info(0))  # a kind that is missing shows now
        if box == DETECTOR:
            steps = inner.pipeline.transforms
            steps.insert(_place(steps), DetectFace(detector))


def _changes(dataset: HeadPoseDataset, box: str | None, pipeline: str) -> dict:
    """The values of the crop rule that change."""
    changes = {}
    if pipeline != 'own':
        name = dataset.metainfo.get('dataset', 'a data set without a name')
        changes = asdict(pipeline_rule(pipeline, name))
    if box == DETECTOR:  # no detector's box becomes one that ends at the image
        box = 'visible' if changes.get('box') == 'pt2d_raw' else None
    return changes | ({'box': box} if box else {})


def _place(steps: list) -> int:
    """Where the step that cuts the face stands."""
    return next(i for i, step in enumerate(steps) if isinstance(step, CropFace))
