"""What the service answers, for its OpenAPI description."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Box = Annotated[list[float], Field(min_length=4, max_length=4)]
Point = Annotated[list[float], Field(min_length=2, max_length=3)]


class Record(BaseModel):
    """A face, as :func:`mmfsa.sources.face_record` writes it."""

    model_config = ConfigDict(extra='forbid', protected_namespaces=())

    schema_version: Literal[1] = Field(description='of this description of a record')
    image: str | None = Field(description='the file; null: it has no name')
    number: int | None = Field(description='of an image without a name, from 0')
    frame: int | None = Field(description='number of the frame, in a stream')
    time: float | None = Field(description='seconds, in a stream')
    track_id: int | None = Field(description='number of the face, in a stream')
    box: Box = Field(description="x1, y1, x2, y2 of the detector's box, in pixels")
    score: float | None = Field(description="the detector's score, 0 to 1")
    landmarks: list[Point] | None = Field(description='in pixels')
    crop_box: list[int] | None = Field(description='what the network saw, in pixels')
    turned: float = Field(description='degrees that the face was turned to be upright')
    valid: bool = Field(description='false: no pose was found')
    reason: str | None = Field(description='why there is no pose')
    doubts: list[str] = Field(description='what speaks against the pose')
    yaw: float | None = Field(description="degrees, > 0: towards the image's left")
    pitch: float | None = Field(description='degrees, > 0: up')
    roll: float | None = Field(description='degrees, > 0: clockwise in the image')
    neutral: list[float] | None = Field(
        description='yaw, pitch, roll of the neutral pose that angles are relative to'
    )
    spread: float | list[list[float]] | None = Field(
        description='how unsure: degrees, or a covariance in square degrees'
    )
    extras: dict = Field(description='what else the network says, by name')
    rotation_matrix: list[list[float]] | None
    quaternion: list[float] | None = Field(description='x, y, z, w')
    position_mm: list[float] | None = Field(None, description='with a camera')
    relative_to: str | None = Field(None, description='with a camera: camera or ray')
    camera: str | None = Field(description='which camera counts: given, exif or none')
    convention: str = Field(description='of angles and matrix, in words')
    model: str
    weights_sha256: str


class Predictions(BaseModel):
    """The records of each image's faces, in the order of the images."""

    predictions: list[list[Record]]


class Problem(BaseModel):
    """Why there is no answer, in one line."""

    error: str


class Health(BaseModel):
    """What runs here."""

    status: str
    model: str
    weights_sha256: str
    version: str
