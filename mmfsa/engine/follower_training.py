"""Trains the network that follows faces on rendered heads, and exports it."""

import math
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapper
from torch import Tensor

from mmfsa.detection.boxes import box_iou
from mmfsa.evaluation.faces import read_faces
from mmfsa.models.box_network import SIZE, BoxNetwork
from mmfsa.tracking.box_tracker import VIEW
from mmfsa.utils.progress import track

from .own_onnx import export_proved

BATCH = 256
# How a view lies: shares of all views, how far its middle lies from the face's, in sides
# of the face, and how much larger or smaller than usual it is, as a logarithm.
NEAR, FAR, AWAY, COVERED = range(4)
SHARES = 0.35, 0.35, 0.12, 0.18
SHIFT = 0.1, 0.45, 1.8, 0.3
GROWTH = 0.12, 0.3, 0.3, 0.2
GONE = 0.9  # sides, from which on a face is not the one that is followed
HALF_HIDDEN = 0.35  # of the face, how much may be covered
SAME = 1e-4  # sides of a view that the exported file may be off


class Heads(NamedTuple):
    """Pictures of one head each.

    Attributes:
        images: (N, H, W) grey uint8.
        boxes: (N, 4) x1, y1, x2, y2 of the 68 landmarks, in pixels.
    """

    images: Tensor
    boxes: Tensor


class Views(NamedTuple):
    """What the network sees, and what it should say.

    Attributes:
        pixels: (N, SIZE, SIZE) grey, 0 to 255.
        boxes: (N, 4) x1, y1, x2, y2 in sides of the view, from its middle.
        face: (N,) 1 where the view shows the face, 0 where it does not.
    """

    pixels: Tensor
    boxes: Tensor
    face: Tensor


def read_heads(data_root: str | Path) -> Heads:
    """The heads of a data set of `mmfsa synth`: pictures of one size, with landmarks."""
    faces, _ = read_faces(data_root)
    grey = [cv2.cvtColor(face['img'], cv2.COLOR_BGR2GRAY) for face in faces]
    points = np.array([face['landmarks'] for face in faces], np.float32)
    boxes = np.concatenate([points.min(1), points.max(1)], axis=1)
    return Heads(torch.from_numpy(np.stack(grey)), torch.from_numpy(boxes))


def train_follower(
    heads: Heads, steps: int = 8000, rate: float = 2e-3, seed: int = 0
) -> BoxNetwork:
    """Train a network.

    It sees each head where a detector or the frame before may have put it: beside the
    middle of the view, larger or smaller, half covered, blurred, dark. It also sees views
    from which the face is gone, or in which something covers it.

    Args:
        heads: What it sees.
        steps: Steps of AdamW, whose rate falls to 0.
        rate: The first learning rate.
        seed: Seed of weights and views.
    """
    torch.manual_seed(seed)
    network = BoxNetwork()
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
    wrapper = OptimWrapper(optimizer, clip_grad=dict(max_norm=5.0))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    for _ in track(range(steps), 'Training'):
        views = draw_views(heads, torch.randint(len(heads.boxes), (BATCH,)))
        boxes, face = network(views.pixels)
        shown = views.face == 1
        apart = F.smooth_l1_loss(boxes[shown], views.boxes[shown], beta=0.02)
        wrong = F.binary_cross_entropy_with_logits(face, views.face)
        loss = 20 * apart + wrong
        wrapper.update_params(loss)
        schedule.step()
    return network.eval()


@torch.no_grad()
def score_follower(
    network: BoxNetwork, heads: Heads, seed: int = 1
) -> dict[str, float]:
    """What a network gives for heads that it has not seen.

    Returns:
        `near` and `far`: the mean overlap (intersection over union) of its boxes with the
        exact ones, from views near to the face and farther off; `wrong`: the share of
        views of which it is wrong whether they show the face.
    """
    torch.manual_seed(seed)
    rows = torch.arange(len(heads.boxes))
    wrong, overlaps = [], []
    for kind in range(len(SHARES)):
        views = draw_views(heads, rows, torch.full_like(rows, kind))
        boxes, face = network(views.pixels)
        wrong.append(((face > 0) != (views.face == 1)).float().mean())
        overlaps.append(np.diag(box_iou(boxes.numpy(), views.boxes.numpy())).mean())
    return dict(
        near=float(overlaps[NEAR]),
        far=float(overlaps[FAR]),
        wrong=float(torch.stack(wrong) @ torch.tensor(SHARES)),
    )


def draw_views(heads: Heads, rows: Tensor, kinds: Tensor | None = None) -> Views:
    """Views of heads, as the network may meet them.

    Args:
        heads: The heads.
        rows: (N,) which of them.
        kinds: (N,) how each view lies; drawn by default.
    """
    number = len(rows)
    if kinds is None:
        kinds = torch.multinomial(torch.tensor(SHARES), number, replacement=True)
    images = heads.images[rows].float()[:, None]
    boxes = heads.boxes[rows]
    low, high = boxes[:, :2], boxes[:, 2:]
    side = (high - low).mean(dim=1, keepdim=True)
    middle = (low + high) / 2 + side * _shifts(kinds)
    reach = (
        VIEW * side * torch.exp(_drawn(number, 1) * torch.tensor(GROWTH)[kinds, None])
    )
    pixels = _look(images, middle, reach)
    places = (boxes - middle.repeat(1, 2)) / reach
    hidden = kinds == COVERED
    pixels = _cover(pixels, places, hidden)
    gone = (kinds == AWAY) | hidden
    pixels, places = _mirror(_spoil(pixels), places)
    return Views(pixels[:, 0], places, (~gone).float())


def _drawn(*shape: int) -> Tensor:
    """Uniform numbers, −1 to 1."""
    return 2 * torch.rand(*shape) - 1


def _shifts(kinds: Tensor) -> Tensor:
    """(N, 2) where the views' middles lie, in sides of the face."""
    shift = _drawn(len(kinds), 2)
    away = shift / shift.abs().amax(dim=1, keepdim=True)
    away = away * (GONE + (SHIFT[AWAY] - GONE) * torch.rand(len(kinds), 1))
    return torch.where(
        (kinds == AWAY)[:, None], away, shift * torch.tensor(SHIFT)[kinds, None]
    )


def _look(images: Tensor, middle: Tensor, reach: Tensor) -> Tensor:
    """The squares (N, 1, SIZE, SIZE) of images (N, 1, H, W); edges are repeated, or
    black."""
    height, width = images.shape[2:]
    steps = (torch.arange(SIZE) + 0.5) / SIZE - 0.5
    scale = torch.tensor([width, height]) / 2
    x = middle[:, :1] + reach * steps
    y = middle[:, 1:] + reach * steps
    grid = torch.stack(
        [
            (x / scale[0] - 1)[:, None].expand(-1, SIZE, -1),
            (y / scale[1] - 1)[:, :, None].expand(-1, -1, SIZE),
        ],
        dim=3,
    )
    padding = 'border' if torch.rand(()) < 0.7 else 'zeros'
    return F.grid_sample(images, grid, padding_mode=padding, align_corners=False)


def _cover(pixels: Tensor, places: Tensor, wholly: Tensor) -> Tensor:
    """Cover faces: some wholly, a quarter of the others in part.

    What covers them is what lies at the edges of their own view, or a texture.
    """
    number = len(pixels)
    low, high = places[:, :2], places[:, 2:]
    size = high - low
    # The whole face, but for a rim of up to a tenth
    all_low = low + size * (0.1 - 0.5 * torch.rand(number, 2))
    all_high = high - size * (0.1 - 0.5 * torch.rand(number, 2))
    # Or one side of it
    share = HALF_HIDDEN * torch.rand(number, 1)
    axis = F.one_hot(torch.randint(2, (number,)), 2).bool()
    first = torch.rand(number, 1) < 0.5
    part_low = torch.where(axis & ~first, high - size * share, low - size)
    part_high = torch.where(axis & first, low + size * share, high + size)
    some = ~wholly & (torch.rand(number) < 0.25)
    start = torch.where(wholly[:, None], all_low, part_low)
    end = torch.where(wholly[:, None], all_high, part_high)
    steps = (torch.arange(SIZE) + 0.5) / SIZE - 0.5
    columns = (steps > start[:, :1]) & (steps < end[:, :1])
    rows = (steps > start[:, 1:]) & (steps < end[:, 1:])
    mask = (rows[:, :, None] & columns[:, None]) & (wholly | some)[:, None, None]
    edges = pixels.roll((SIZE // 2, SIZE // 2), (2, 3))
    coarse = 2 + int(torch.randint(10, ()))
    texture = 255 * torch.rand(number, 1, 1, 1) + 60 * torch.randn(
        number, 1, coarse, coarse
    ) * torch.rand(number, 1, 1, 1)
    texture = F.interpolate(texture, SIZE, mode='bilinear').clamp(0, 255)
    before = torch.where(
        (torch.rand(number) < 0.5)[:, None, None, None], edges, texture
    )
    return torch.where(mask[:, None], before, pixels)


def _spoil(pixels: Tensor) -> Tensor:
    """Other light and contrast; some views blurred, by motion or by their size; noise."""
    number = len(pixels)
    chance = torch.rand(number)
    few = max(1, math.ceil(number / 16))
    order = chance.argsort()
    pixels = pixels.clone()
    small = int(torch.randint(14, 48, ()))
    rows = order[:few]
    pixels[rows] = F.interpolate(
        F.interpolate(pixels[rows], small, mode='area'), SIZE, mode='bilinear'
    )
    for rows, kernel in (
        (order[few : 2 * few], (1, 5)),
        (order[2 * few : 3 * few], (5, 1)),
        (order[3 * few : 5 * few], (3, 3)),
    ):
        padding = kernel[0] // 2, kernel[1] // 2
        pixels[rows] = F.avg_pool2d(
            pixels[rows], kernel, 1, padding, count_include_pad=False
        )
    mean = pixels.mean(dim=(2, 3), keepdim=True)
    contrast = torch.exp(0.5 * _drawn(number, 1, 1, 1))
    light = torch.exp(0.5 * _drawn(number, 1, 1, 1) - 0.1)
    noise = 6 * torch.rand(number, 1, 1, 1) * torch.randn_like(pixels)
    return (light * (mean + contrast * (pixels - mean)) + noise).clamp(0, 255)


def _mirror(pixels: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """Mirror half of the views left-right, with their boxes."""
    chosen = torch.rand(len(pixels)) < 0.5
    turned = places[:, [2, 1, 0, 3]] * places.new_tensor([-1, 1, -1, 1])
    return (
        torch.where(chosen[:, None, None, None], pixels.flip(3), pixels),
        torch.where(chosen[:, None], turned, places),
    )


def export_follower(network: BoxNetwork, path: str | Path) -> float:
    """Export a network to the ONNX file that :mod:`mmfsa.tracking.box_tracker` runs.

    The file gets its name after ONNX Runtime has computed from it what torch computes.

    Args:
        network: The network.
        path: The file to write.

    Returns:
        The largest distance between both, in sides of the view.

    Raises:
        ImportError: onnx or onnxruntime is not installed.
        ValueError: The exported file computes something else.
    """
    views = torch.randint(256, (64, SIZE, SIZE), dtype=torch.uint8)
    return export_proved(
        *(network, [views[:2]], [['views'], ['boxes', 'face']], path),
        lambda file: _deviation(network, file, views),
        SAME,
        ' sides of a view',
    )


@torch.no_grad()
def _deviation(network: BoxNetwork, path: Path, views: Tensor) -> float:
    """The largest difference between torch and the file."""
    from mmfsa.utils.onnx_session import open_session

    expected = network(views)
    found = open_session(path).run(['boxes', 'face'], {'views': views.numpy()})
    return max(
        float(np.abs(one.numpy() - other).max())
        for one, other in zip(expected, found, strict=True)
    )
