"""One face of a frame with its pose: what is smoothed, drawn and recorded."""

from types import SimpleNamespace


class FaceSample(SimpleNamespace):
    """One face of a frame with its pose, as :class:`HeadPoseDataSample` is one, but plain.

    Attributes:
        img_path: The frame's name.
        number: Its number among the inputs, where it is no file.
        frame: Its number in a video; None for an image.
        time: Its time in a video in seconds.
        track_id: The face's number in a video.
        box: (4,) x1, y1, x2, y2 in pixels.
        score: The detector's score.
        landmarks: (K, 2) or (K, 3) pixels; None: not known.
        valid: Whether the method found a pose.
        spread: How unsure it is; None: it does not say.
        pred_pose: (3,) float32 yaw, pitch, roll in degrees.
        extras: What else the method found, by name.

    With a neutral pose, `neutral` is its (3,) yaw, pitch, roll; `pred_pose` stays what
    the camera sees.

    A method may add `crop` and `crop_box` (what its network saw), and with a camera
    `translation`, `relative_to` and `to_ray`.

    >>> face = FaceSample(valid=True)
    >>> 'crop' in face, face.get('crop', 'none')
    (False, 'none')
    """

    def __contains__(self, name: str) -> bool:
        return hasattr(self, name)

    def get(self, name: str, default: object = None) -> object:
        """An attribute, or the default where the face has none."""
        return getattr(self, name, default)
