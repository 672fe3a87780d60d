"""The pipeline's detector: cut faces from the boxes that a detector finds."""

import numpy as np
from mmcv.transforms import BaseTransform

from mmfsa.detection import BaseDetector, build_detector, find_faces
from mmfsa.detection.boxes import labelled_face
from mmfsa.registry import TRANSFORMS


@TRANSFORMS.register_module()
class DetectFace(BaseTransform):
    """Put a detector's box in the place of the labelled boxes.

    It stands before ``CropFace``, which turns the box into the kind that the network
    knows. The labelled face is the one whose box overlaps most with the first labelled
    box. A face that the detector does not find keeps its labelled boxes, so that the
    pipeline can go on; ``HeadPoseMetric`` counts its pose as none.

    Required keys: ``img``, ``boxes``. Modified keys: ``boxes``; ``landmarks``, the
    detector's where it gives any; ``detected``, whether the face was found;
    ``box_source``, for the protocol card.

    Args:
        detector: See :func:`mmfsa.detection.build_detector`. It is built with the first
            image, in each worker.
    """

    def __init__(self, detector: str | dict | BaseDetector = 'centerface') -> None:
        self.detector = detector
        self._built: BaseDetector | None = None

    def transform(self, results: dict) -> dict:
        if self._built is None:
            self._built = build_detector(self.detector)
        faces = find_faces(self._built, results['img'])
        labelled = np.array(next(iter(results['boxes'].values())), dtype=float)
        index = labelled_face(faces.boxes.astype(float), labelled)
        results['box_source'] = f'detector {type(self._built).__name__}'
        results['detected'] = index is not None
        if index is not None:
            results['boxes'] = {faces.kind: faces.boxes[index].tolist()}
            results.pop('landmarks', None)
            if faces.landmarks is not None:
                results['landmarks'] = faces.landmarks[index]
        return results

    def __repr__(self) -> str:
        return f'DetectFace(detector={self.detector!r})'
