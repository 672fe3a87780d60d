"""Windows: some frames of one sequence, one after the other, as one sample."""

import logging
from collections import defaultdict

import numpy as np
import torch
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log

from mmfsa.registry import DATASETS

from .head_pose_dataset import HeadPoseDataset


@DATASETS.register_module()
class HeadPoseWindows(HeadPoseDataset):
    """Windows of an index's sequences, for networks that see videos.

    A window has `length` frames of one sequence. It has no gap longer than `max_gap`: what
    the filter leaves out, or a camera has lost, may be such a gap. All frames of a window
    are augmented alike. A random split keeps each sequence whole.

    Args:
        length: Frames of a window.
        stride: Frames from the first of a window to the first of the next; by default
            `length`, and 1 with `test_mode`.
        max_gap: Longest time between two frames, in seconds.
        fps: Frames per second, where the index has no `time`: their numbers, `frame`,
            count then, as in BIWI.
        test_mode: Also, that a sample has the label of its last frame alone. With the
            stride of 1, each frame is seen after the frames before it.
        split: See :class:`HeadPoseDataset`; ``fraction`` is that of the sequences.
        **kwargs: Arguments of :class:`HeadPoseDataset`.

    A sample has ``inputs`` (T, 3, H, W) uint8 and a data sample with ``gt_pose`` (T, 3);
    where they are known, ``gt_rotation`` (T, 3, 3); and ``elapsed`` (T,), the seconds since
    the frame before, 0 for the first. Its metainfo is that of the last frame.

    Raises:
        ValueError: A frame has no `sequence`, or neither `time` nor `frame`; the times of
            a sequence don't rise; a sequence has one frame; or there is no window at all.
    """

    def __init__(
        self,
        *args,
        length: int = 16,
        stride: int | None = None,
        max_gap: float = 0.25,
        fps: float = 30.0,
        test_mode: bool = False,
        split: dict | None = None,
        **kwargs,
    ) -> None:
        stride = stride or (1 if test_mode else length)
        if length < 1 or stride < 1 or max_gap <= 0 or fps <= 0:
            raise ValueError(
                f'length={length} and stride={stride} are at least 1, '
                f'max_gap={max_gap} and fps={fps} more than 0'
            )
        self.length = length
        self.stride = stride
        self.max_gap = max_gap
        self.fps = fps
        if split and 'fraction' in split:
            split = {'by': 'sequence', **split}
        super().__init__(*args, split=split, test_mode=test_mode, **kwargs)

    def full_init(self) -> None:
        if self._fully_initialized:
            return
        super().full_init()
        num = len(self.data_address) if self.serialize_data else len(self.data_list)
        frames = [BaseDataset.get_data_info(self, row) for row in range(num)]
        self._elapsed = np.zeros(num, np.float32)
        self._windows = self._find_windows(frames)
        self._metainfo.update(
            num_windows=len(self._windows), window=f'{self.length} frames'
        )

    def __len__(self) -> int:
        self.full_init()
        return len(self._windows)

    def prepare_data(self, idx: int) -> dict:
        key = idx % len(self)
        rows = self._windows[key]
        frames = [self._prepared(row, key) for row in rows.tolist()]
        sample = frames[-1]['data_samples']
        elapsed = self._elapsed[rows]
        elapsed[0] = 0
        sample.elapsed = elapsed
        if not self.test_mode:
            for name in [name for name in sample.keys() if name.startswith('gt_')]:  # noqa: SIM118
                labels = [frame['data_samples'].get(name) for frame in frames]
                if all(label is not None for label in labels):
                    setattr(sample, name, np.stack(labels))
                else:
                    delattr(sample, name)
        inputs = torch.stack([frame['inputs'] for frame in frames])
        return {'inputs': inputs, 'data_samples': sample}

    def _find_windows(self, frames: list[dict]) -> np.ndarray:
        """The rows of the frames of each window, (W, length)."""
        rows_of = defaultdict(list)
        for row, frame in enumerate(frames):
            if not frame.get('sequence'):
                raise self._error(frame, 'has no sequence: windows are of sequences')
            rows_of[frame['sequence']].append(row)
        windows, short = [], 0
        for sequence, rows in rows_of.items():
            if len(rows) < 2:
                raise ValueError(
                    f'{self.ann_file}: sequence {sequence} has one frame: a photo is no '
                    'sequence'
                )
            for run in self._runs([frames[row] for row in rows], np.array(rows)):
                starts = range(0, len(run) - self.length + 1, self.stride)
                windows += [run[start : start + self.length] for start in starts]
                short += not len(starts)
        if short:
            print_log(
                f'{self.ann_file}: {short} sequences, or parts between gaps, have fewer '
                f'than {self.length} frames: no window holds them',
                logger='current',
                level=logging.WARNING,
            )
        if not windows:
            raise ValueError(
                f'{self.ann_file}: no {self.length} frames of a sequence follow each '
                f'other within {self.max_gap} s: lower length, or raise max_gap'
            )
        return np.stack(windows)

    def _runs(self, frames: list[dict], rows: np.ndarray) -> list[np.ndarray]:
        """The rows of a sequence, cut where a gap is too long."""
        times = np.array([self._time(frame) for frame in frames])
        steps = np.diff(times)
        if (steps <= 0).any():
            late = frames[int(np.argmax(steps <= 0)) + 1]
            raise self._error(late, 'is no later than the frame before it')
        self._elapsed[rows[1:]] = steps
        return np.split(rows, np.flatnonzero(steps > self.max_gap) + 1)

    def _time(self, frame: dict) -> float:
        if 'time' in frame:
            return frame['time']
        if 'frame' not in frame:
            raise self._error(frame, 'has neither time nor frame')
        return frame['frame'] / self.fps

    def _error(self, frame: dict, what: str) -> ValueError:
        name = f'{frame.get("sequence", "")} {frame["img_path"]}'.strip()
        return ValueError(f'{self.ann_file}: entry {name} {what}')
