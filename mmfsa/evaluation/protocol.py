"""The protocol card: what a result depends on."""

from dataclasses import asdict, dataclass, fields

from .tables import format_table

NOT_STATED = 'not stated'


@dataclass(frozen=True)
class ProtocolCard:
    """What a result depends on: only results with equal cards are comparable.

    Attributes:
        dataset: Name of the data set.
        num_kept: Faces that were evaluated.
        num_found: Faces on disk, before any was dropped or filtered.
        num_expected: Faces that the protocol has; ``None``: any number.
        max_angle: Faces with a larger |yaw|, |pitch| or |roll| in degrees were left
            out; ``None``: none were.
        box_source: Where the face boxes come from: landmarks, a detector.
        crop: How a box became the network's input: widening, border and resizing.
        color_order: Channel order of the network's input.
        flip_test: Whether a pose is the mean of those seen in the face and in its mirror
            image.
        split: What chose the faces, a list or a draw; ``None``: all were taken.
        aligned: Whether errors after an alignment are reported too, and which.
        order: In which order the angles were read off the predicted rotations, one of
            :data:`mmfsa.structures.ORDERS`.

    >>> print(ProtocolCard.from_metainfo(dict(dataset='BIWI', max_angle=None)))
    | protocol     |            |
    |--------------|------------|
    | dataset      | BIWI       |
    | num_kept     | not stated |
    | num_found    | not stated |
    | num_expected | not stated |
    | max_angle    | none       |
    | box_source   | not stated |
    | crop         | not stated |
    | color_order  | not stated |
    | flip_test    | False      |
    | split        | not stated |
    | aligned      | not stated |
    | order        | xyz        |
    """

    dataset: str = NOT_STATED
    num_kept: int | str = NOT_STATED
    num_found: int | str = NOT_STATED
    num_expected: int | str | None = NOT_STATED
    max_angle: float | str | None = NOT_STATED
    box_source: str = NOT_STATED
    crop: str = NOT_STATED
    color_order: str = NOT_STATED
    flip_test: bool = False
    split: dict | str | None = NOT_STATED
    aligned: str | None = NOT_STATED
    order: str = 'xyz'

    @classmethod
    def from_metainfo(cls, metainfo: dict, **others) -> 'ProtocolCard':
        """Take what a data set's metainfo states, and ``others`` over it."""
        names = {field.name for field in fields(cls)}
        stated = {name: metainfo[name] for name in names & set(metainfo)}
        return cls(**(stated | others))

    def __str__(self) -> str:
        rows = asdict(self).items()
        return format_table(
            ['protocol', ''],
            [(name, 'none' if value is None else str(value)) for name, value in rows],
        )
