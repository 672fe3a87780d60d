"""Trains the learned smoother on films with exact poses, and exports it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine.optim import OptimWrapper
from torch import Tensor
from torch.nn.functional import normalize

from mmfsa.evaluation.smoothers import Film
from mmfsa.models.recurrent.recurrent_head import USUAL
from mmfsa.models.recurrent.rotation_smoother import RotationSmoother
from mmfsa.structures import (
    USUAL_SPREAD,
    geodesic_distance,
    matrix_to_rotation_vector,
    pose_to_matrix,
)
from mmfsa.structures.rotation import DEGREE
from mmfsa.utils.progress import track

from .own_onnx import export_proved

STILL = 15.0  # degrees per second: below it, trembling counts most
SAME = 1e-3  # degrees that the exported file may be off, after STEPS frames
STEPS = 500


def train_smoother(
    films: Sequence[Film],
    steps: int = 500,
    batch: int = 48,
    length: int = 80,
    calm: float = 2.0,
    prompt: float = 15.0,
    rate: float = 5e-3,
    seed: int = 0,
) -> RotationSmoother:
    """Train a smoother.

    The measured rotations are exact ones with the errors that a method makes in films.
    Films are played faster and slower, backwards, mirrored and with frames left out. The
    errors of one film are also laid on the motion of another, larger or smaller. Half of
    the time, the smoother gets their size as the spread.

    Args:
        films: What methods see in films.
        steps: Steps of Adam, whose rate falls to 0.
        batch: Clips of a step.
        length: Frames of a clip.
        calm: How much trembling counts: the difference of the error from frame to frame,
            beside the error itself. It counts less while the head turns.
        prompt: How much lag counts: degrees of error for a second that smoothed poses come
            later than the measured ones, while heads move.
        rate: The first learning rate.
        seed: Seed of weights and clips.

    Raises:
        ValueError: No film has so many frames.
    """
    torch.manual_seed(seed)
    smoother = RotationSmoother()
    optimizer = torch.optim.Adam(smoother.parameters(), lr=rate)
    wrapper = OptimWrapper(optimizer, clip_grad=dict(max_norm=1.0))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for clips in track(_clips(films, steps, batch, length, seed), 'Training', steps):
        exact, found, spread, elapsed = clips
        smooth = _smooth_in_plane(smoother, found, spread, elapsed)
        error = (smooth - exact) / DEGREE
        move = exact.diff(dim=1)
        speed = move.norm(dim=-1) / DEGREE / elapsed[:, 1:]
        trembling = error.diff(dim=1).norm(dim=-1) / (1 + speed / STILL)
        loss = (error.square().sum(-1) + 1e-4).sqrt().mean() + calm * trembling.mean()
        behind = (found - smooth)[:, 1:] * normalize(move, dim=-1) / DEGREE
        moving = speed > STILL
        lag = (behind.sum(-1) * moving).sum() / (speed * moving).sum().clamp(min=STILL)
        loss = loss + prompt * lag.relu()
        wrapper.update_params(loss)
        schedule.step()
    return smoother.eval()


def run_smoother(
    smoother: RotationSmoother, rotations: Tensor, spread: Tensor, elapsed: Tensor
) -> Tensor:
    """The smoothed rotations of N clips of T frames.

    Args:
        smoother: The smoother.
        rotations: (N, T, 3, 3) measured rotations.
        spread: (N, T) degrees.
        elapsed: (N, T) seconds since the frame before, 0 for the first.

    Returns:
        (N, T, 3, 3).
    """
    state = rotations.new_zeros(len(rotations), smoother.state_size)
    smooth = []
    for t in range(rotations.shape[1]):
        one, state = smoother(rotations[:, t], spread[:, t], elapsed[:, t], state)
        smooth.append(one)
    return torch.stack(smooth, dim=1)


def _smooth_in_plane(
    smoother: RotationSmoother, path: Tensor, spread: Tensor, elapsed: Tensor
) -> Tensor:
    """Smoothed paths (N, T, 3) in radians, in place of rotations, of measured ones."""
    place, speed = path[:, 0], path.new_zeros(len(path), 3)
    memory = path.new_zeros(len(path), smoother.hidden)
    smooth = []
    for t in range(path.shape[1]):
        step = elapsed[:, t, None] if t else torch.full_like(elapsed[:, :1], USUAL)
        place = place + speed * step
        turn = path[:, t] - place
        follow, speed, memory = smoother.choose(turn, speed, step, spread[:, t], memory)
        place = place + follow
        smooth.append(place)
    return torch.stack(smooth, dim=1)


def _clips(
    films: Sequence[Film], steps: int, batch: int, length: int, seed: int
) -> Iterator[list[Tensor]]:
    """Exact and measured paths, spreads and times of the clips of each step."""
    rng = np.random.default_rng(seed)
    films = [film for film in films if len(film.times) >= length]
    if not films:
        raise ValueError(f'no film has {length} frames')
    exact = [pose_to_matrix(film.exact) for film in films]
    errors = [
        matrix_to_rotation_vector(one.swapaxes(1, 2) @ pose_to_matrix(film.found))
        for one, film in zip(exact, films, strict=True)
    ]
    turns = [
        matrix_to_rotation_vector(one[:-1].swapaxes(1, 2) @ one[1:]) for one in exact
    ]
    paths = [
        np.cumsum(np.concatenate([np.zeros((1, 3)), one]), axis=0) for one in turns
    ]
    for _ in range(steps):
        clips = [_clip(rng, films, paths, errors, length) for _ in range(batch)]
        yield [
            torch.from_numpy(np.stack(part)).float()
            for part in zip(*clips, strict=True)
        ]


def _clip(rng, films, paths, errors, length):
    """One clip: exact and measured paths (T, 3), spreads (T,), and times between (T,)."""
    own = rng.integers(len(films))
    other = own if rng.random() < 0.5 else rng.integers(len(films))
    rows = _rows(rng, len(films[own].times), length)
    error = errors[other][_rows(rng, len(films[other].times), length)]
    if other == own:
        error = errors[own][rows]
    times = films[own].times[rows] * rng.uniform(0.6, 1.6)
    size = np.exp(
        rng.normal(0, 0.4) + rng.normal(0, 0.3) * np.sin(np.arange(length) / 9)
    )
    mirror = rng.choice([-1, 1], 3)
    exact = mirror * paths[own][rows]
    measured = exact + mirror * size[:, None] * error
    spread = USUAL_SPREAD * (size if rng.random() < 0.5 else np.ones(length))
    return exact, measured, spread, np.abs(np.diff(times, prepend=times[0]))


def _rows(rng, frames, length):
    """The frames of a clip, in order or backwards; here and there one is left out."""
    lost = rng.random(frames) < (0.15 if rng.random() < 0.3 else 0.0)
    kept = np.flatnonzero(~lost)
    if len(kept) < length:
        kept = np.arange(frames)
    start = rng.integers(len(kept) - length + 1)
    rows = kept[start : start + length]
    return rows if rng.random() < 0.5 else rows[::-1]


def export_smoother(smoother: RotationSmoother, path: str | Path) -> float:
    """Export a smoother to the ONNX file that :mod:`mmfsa.tracking.learned` runs.

    The file gets its name after ONNX Runtime has computed from it what torch computes, for
    a long clip.

    Args:
        smoother: The smoother.
        path: The file to write.

    Returns:
        The largest angle between both over :data:`STEPS` frames, in degrees.

    Raises:
        ImportError: onnx or onnxruntime is not installed.
        ValueError: The exported file computes something else.
    """
    state = torch.zeros(2, smoother.state_size)
    inputs = torch.eye(3).expand(2, 3, 3), torch.ones(2), torch.ones(2) / 30, state
    names = ['rotation', 'spread', 'elapsed', 'state'], ['smooth', 'next']
    return export_proved(
        *(smoother, inputs, names, path),
        lambda file: _deviation(smoother, file),
        SAME,
        '°',
    )


@torch.no_grad()
def _deviation(smoother: RotationSmoother, path: Path) -> float:
    """The largest angle between torch and the file, in degrees, over a head's walk."""
    from mmfsa.tracking import LearnedRotationFilter

    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(0, 1.0, (STEPS, 3)), axis=0) + rng.normal(
        0, 2, (STEPS, 3)
    )
    rotations = pose_to_matrix(walk)
    times = np.cumsum(rng.uniform(0.01, 0.1, STEPS))
    elapsed = torch.from_numpy(np.diff(times, prepend=times[0])).float()[None]
    spread = torch.full((1, STEPS), USUAL_SPREAD)
    expected = run_smoother(
        smoother, torch.from_numpy(rotations).float()[None], spread, elapsed
    )
    runs = LearnedRotationFilter(path)
    smooth = np.array([runs(*one) for one in zip(times, rotations, strict=True)])
    return float(geodesic_distance(smooth, expected[0].numpy()).max())
