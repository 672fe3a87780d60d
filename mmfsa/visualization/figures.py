"""The figures of docs/en/concepts.md and docs/en/conventions.md.

A rendered head goes through a model; what each part of it computes is drawn.
"""

from pathlib import Path

import cv2
import numpy as np
import torch
from matplotlib.axes import Axes
from mmengine.utils import to_3tuple
from torch import Tensor

from mmfsa.inputs import crop_face
from mmfsa.methods import load_model
from mmfsa.models import HeadPoseEstimator, VarianceScoring
from mmfsa.registry import MODELS
from mmfsa.synth.renderer import HeadRenderer
from mmfsa.utils.images import write_image
from mmfsa.zoo import find_model

from .draw import draw_axes, draw_box, draw_text
from .plots import ANGLE_COLORS, panels, save_figure
from .structure import draw_structure

MODEL = 'fsa_caps_1x1.synthetic'
SEED, SUBJECT = 7, 13  # of the head
POSE = (35.0, -12.0, 10.0)
TURNS = (-60, -40, -20, 0, 20, 40, 60)


def draw_figures(out: Path, weights: Path | None = None) -> str:
    """Draw all figures.

    Args:
        out: The folder.
        weights: Weights of :data:`MODEL`; by default the packaged ones, or, where there
            are none, random ones.

    Returns:
        The head's pose and the predicted one, as text.

    Raises:
        FileNotFoundError: There are no such weights.
        ValueError: They are another model's.
    """
    model = load(weights)
    render = HeadRenderer(image_size=192)
    sample = render(SEED, SUBJECT, 0, pose=POSE)
    crop, crop_box, _ = crop_face(sample.image, sample.face_box, model.inputs)
    with torch.inference_mode():
        draw_crop(sample.image, sample.face_box, crop, crop_box, out)
        draw_streams(model, crop, out)
        draw_scores(model, crop, out)
        draw_structures(model, crop, out)
        draw_stages(model, crop, out)
    draw_convention(render, out)
    return f'pose {POSE}, predicted {np.round(estimate(model, crop), 1).tolist()}'


def load(weights: Path | None) -> HeadPoseEstimator:
    """The model with its weights."""
    cfg, packaged = find_model(MODEL)
    if weights or packaged:
        return load_model(cfg, weights or packaged)[0]
    torch.manual_seed(0)
    return MODELS.build(cfg.model).eval()


def to_images(crop: np.ndarray) -> Tensor:
    """The network's input (1, 3, H, W) from a crop (H, W, 3)."""
    return torch.from_numpy(crop).permute(2, 0, 1)[None].float()


def estimate(model: HeadPoseEstimator, crop: np.ndarray) -> np.ndarray:
    """The pose (3,) of a crop (H, W, 3)."""
    with torch.inference_mode():
        return model(to_images(crop))[0].numpy()


def draw_crop(image, face_box, crop, crop_box, out: Path) -> None:
    """concepts_crop.jpg: the image with the face's box and the crop's, and the crop."""
    picture = cv2.resize(image, (384, 384), interpolation=cv2.INTER_CUBIC)
    draw_box(picture, 2 * np.asarray(face_box), 'face box')
    draw_box(picture, 2 * np.asarray(crop_box), 'crop', thickness=2)
    small = np.full((384, 200, 3), 255, np.uint8)
    small[128:256, 36:164] = cv2.resize(
        crop, (128, 128), interpolation=cv2.INTER_NEAREST
    )
    draw_text(small, '{1} x {0}'.format(*crop.shape), (60, 285), 0.6)
    write_image(np.hstack([picture, small]), out / 'concepts_crop.jpg')


def draw_streams(model: HeadPoseEstimator, crop: np.ndarray, out: Path) -> None:
    """concepts_streams.png: six channels of both streams and of U_k, stage by stage."""
    backbone = model.backbone
    x = s = to_images(crop)
    figure, grid = panels(3, 3, width=3.4, height=2.5)
    for k, (relu, tanh, fuse) in enumerate(
        zip(backbone.relu_stream, backbone.tanh_stream, backbone.fusions, strict=True)
    ):
        x, s = relu(x), tanh(s)
        stage = len(grid) - k  # the deepest is stage 1
        for row, name, feature in (
            (0, 'ReLU, average pooling', x),
            (1, 'tanh, maximum pooling', s),
            (2, f'fused: U{stage}', fuse(x, s)),
        ):
            show_channels(grid[row, k], feature[0])
            shape = ' x '.join(map(str, feature.shape[1:]))
            grid[row, k].set_title(f'{name}, {shape}', fontsize=9)
    save_figure(figure, out / 'concepts_streams.png')


def show_channels(axes: Axes, feature: Tensor, columns: int = 3, rows: int = 2) -> None:
    """The channels (c, h, w) that vary most, each from its minimum to its maximum."""
    feature = feature.numpy()
    order = np.argsort(-feature.std((1, 2)), kind='stable')[: rows * columns]
    tiles = [np.pad(scaled(feature[i]), 1, constant_values=np.nan) for i in order]
    lines = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    axes.imshow(np.vstack(lines), cmap='viridis')
    bare(axes)


def scaled(values: np.ndarray) -> np.ndarray:
    """Values from 0 to 1."""
    return (values - values.min()) / max(np.ptp(values), 1e-12)


def bare(axes: Axes) -> None:
    """Leave the frame and the numbers out."""
    axes.set_axis_off()


def draw_scores(model: HeadPoseEstimator, crop: np.ndarray, out: Path) -> None:
    """concepts_scores.png: the attention maps A_k of two scoring functions."""
    features = model.backbone(to_images(crop))
    functions = {
        '1x1 convolution': model.neck.scoring,
        'variance': VarianceScoring(features[0].shape[1]),
    }
    figure, grid = panels(2, len(features) + 1, width=2.2, height=2.3)
    for row, (name, score) in zip(grid, functions.items(), strict=True):
        row[0].imshow(crop[..., ::-1])
        row[0].set_title(name, fontsize=9)
        bare(row[0])
        for k, (axes, feature) in enumerate(zip(row[1:], features, strict=True), 1):
            A = score(feature)[0].numpy()
            axes.imshow(A, cmap='magma')
            axes.set_title(f'A{k}: {A.min():.3g} to {A.max():.3g}', fontsize=9)
            bare(axes)
    save_figure(figure, out / 'concepts_scores.png')


def draw_structures(model: HeadPoseEstimator, crop: np.ndarray, out: Path) -> None:
    """concepts_structures.jpg: the rows of M_k as heatmaps, as in the paper's Figure 5."""
    _, maps = model.neck.group(model.backbone(to_images(crop)))
    picture = draw_structure(crop, estimate(model, crop), maps.M[0].numpy(), tile=72)
    write_image(picture, out / 'concepts_structures.jpg')


def draw_stages(model: HeadPoseEstimator, crop: np.ndarray, out: Path) -> None:
    """concepts_stages.png: bins, their weights and the sum that grows stage by stage."""
    head = model.head
    stages = head.stage_parameters(model.extract_feat(to_images(crop)))
    figure, grid = panels(3, len(stages), width=3.4, height=2.1)
    for angle, (name, row) in enumerate(zip(ANGLE_COLORS, grid, strict=True)):
        total, width = 0.0, to_3tuple(head.angle_range)[angle]
        for k, (axes, (p, eta, delta)) in enumerate(
            zip(row, stages, strict=True), start=1
        ):
            weights = p[0, angle].numpy()
            width /= len(weights) * (1 + head.lambda_ * delta[0, angle].item())
            shifts = np.arange(len(weights)) - (len(weights) - 1) / 2
            centres = (shifts + eta[0, angle].item()) * width
            step = float(weights @ centres)
            axes.bar(
                total + centres,
                weights,
                0.9 * width,
                color=ANGLE_COLORS[name],
                alpha=0.6,
            )
            total += step
            axes.axvline(total, color='black', lw=1)
            axes.set_ylim(bottom=0)
            axes.set_title(
                f'{name}, stage {k}: {step:+.1f}°, sum {total:.1f}°', fontsize=9
            )
            axes.tick_params(labelsize=8)
    for axes in grid[-1]:
        axes.set_xlabel('degrees', fontsize=8)
    for axes in grid[:, 0]:
        axes.set_ylabel('p', fontsize=8)
    save_figure(figure, out / 'concepts_stages.png')


def draw_convention(render: HeadRenderer, out: Path) -> None:
    """conventions.jpg: a head turned about each angle alone, with its axes."""
    strips = []
    for i, name in enumerate(ANGLE_COLORS):
        heads = []
        for value in TURNS:
            pose = np.zeros(3)
            pose[i] = value
            head = render(SEED, SUBJECT, 0, pose=pose).image
            draw_axes(head, pose, size=60)
            heads.append(draw_text(head, f'{name} {value:+d}', (6, 20), 0.55))
        strips.append(np.hstack(heads))
    write_image(np.vstack(strips), out / 'conventions.jpg')
