"""Draws the house: the packages of mmfsa as rooms, and who calls whom as arrows."""

from pathlib import Path
from typing import NamedTuple

from mmfsa.utils.files import replacing

WIDTH, HEIGHT = 12.6, 9.3  # of the picture, in inches
PHOTO, TRAINING, OTHER = '#1f6fb4', '#d9600a', '#8a8a8a'  # the colours of the arrows


class Room(NamedTuple):
    """A package.

    Attributes:
        x: Left edge, in inches from the left.
        y: Lower edge, in inches from below.
        width: In inches.
        height: In inches.
        colour: What the room is filled with.
        text: What the package is for, with its lines broken.
    """

    x: float
    y: float
    width: float
    height: float
    colour: str
    text: str


class Arrow(NamedTuple):
    """A package that calls another one.

    Attributes:
        caller: The caller's name.
        called: The name of the package that is called.
        colour: The colour of the walk that goes this way.
        step: The step of this walk; empty for other arrows.
        start: x, y where the arrow begins.
        end: x, y where it ends.
        by_registry: The caller imports nothing: it builds what a config names.
    """

    caller: str
    called: str
    colour: str
    step: str
    start: tuple[float, float]
    end: tuple[float, float]
    by_registry: bool = False


USE, RUN, LEARN, GROUND = '#dcebf8', '#d6efe4', '#fbe6d2', '#efe7d6'
ROOMS = {
    'apis': Room(
        *(0.3, 6.35, 7.3, 0.95, USE),
        'HeadPosePredictor: one image to Poses\n'
        'HeadPoseInferencer: photos, videos, cameras to records and pictures',
    ),
    'serve': Room(*(8.0, 6.35, 1.05, 0.95, USE), 'the same\nover HTTP'),
    'engine': Room(
        *(9.15, 6.35, 3.15, 0.95, LEARN), 'train and test: the run,\nhooks, checkpoints'
    ),
    'sources': Room(
        *(0.3, 4.35, 1.65, 1.35, USE), 'photos, videos\nto Frame;\nposes to files'
    ),
    'detection': Room(*(2.05, 4.35, 1.65, 1.35, USE), 'finds the\nFaces of a\nFrame'),
    'tracking': Room(
        *(4.2, 4.35, 1.65, 1.35, USE), 'who is who;\ncalm poses\nin videos'
    ),
    'visualization': Room(
        *(5.95, 4.35, 1.65, 1.35, USE), 'axes, cubes,\nplots,\nfigures'
    ),
    'zoo': Room(*(0.3, 2.45, 1.65, 1.3, RUN), 'names of\nnetworks and\nof weights'),
    'methods': Room(
        *(2.45, 2.45, 3.0, 1.3, RUN), 'Method: Frame and Faces\nto Poses; create_model'
    ),
    'deploy': Room(
        *(5.95, 2.45, 1.65, 1.3, RUN), 'backends,\nexport to ONNX,\nengines'
    ),
    'models': Room(
        *(8.0, 2.45, 1.35, 3.25, LEARN),
        'estimators\n\nbackbones\nnecks\nheads\nlosses\n\nfsanet',
    ),
    'datasets': Room(
        *(9.5, 2.45, 1.35, 3.25, LEARN),
        'index.json\n\nCropFace\nand other\ntransforms\n\nconverters',
    ),
    'evaluation': Room(*(11.0, 4.35, 1.3, 1.35, LEARN), 'errors,\ncoverage,\nprotocol'),
    'synth': Room(*(11.0, 2.45, 1.3, 1.3, LEARN), 'rendered\nheads'),
    'utils': Room(*(0.3, 1.05, 1.65, 0.85, GROUND), 'files, images'),
    'landmarks': Room(*(2.1, 1.05, 1.65, 0.85, GROUND), 'points, solvers'),
    'inputs': Room(
        *(3.9, 1.05, 8.4, 0.85, GROUND),
        'InputSpec and crop_face: what a network sees of a face, '
        'the one box arithmetic',
    ),
    'structures': Room(
        *(0.3, 0.1, 12.0, 0.75, GROUND),
        'Frame, Faces, Poses, rotations: all rooms stand on these',
    ),
}
ROOF = 'cli'
ARROWS = [
    Arrow('cli', 'apis', PHOTO, '1', (3.95, 7.75), (3.95, 7.3)),
    Arrow('cli', 'serve', OTHER, '', (8.52, 7.75), (8.52, 7.3)),
    Arrow('serve', 'apis', OTHER, '', (8.0, 6.8), (7.6, 6.8)),
    Arrow('apis', 'sources', PHOTO, '2', (1.12, 6.35), (1.12, 5.7)),
    Arrow('apis', 'detection', PHOTO, '3', (2.87, 6.35), (2.87, 5.7)),
    Arrow('apis', 'methods', PHOTO, '4', (3.95, 6.35), (3.95, 3.75)),
    Arrow('methods', 'inputs', PHOTO, '5', (4.7, 2.45), (4.7, 1.9)),
    Arrow('methods', 'landmarks', OTHER, '', (2.95, 2.45), (2.95, 1.9)),
    Arrow('methods', 'deploy', PHOTO, '6', (5.45, 3.1), (5.95, 3.1)),
    Arrow('apis', 'tracking', PHOTO, '7', (5.02, 6.35), (5.02, 5.7)),
    Arrow('apis', 'visualization', PHOTO, '8', (6.77, 6.35), (6.77, 5.7)),
    Arrow('methods', 'zoo', OTHER, '', (2.45, 3.1), (1.95, 3.1)),
    Arrow('deploy', 'models', OTHER, '', (7.6, 3.1), (8.0, 3.1)),
    Arrow('cli', 'engine', TRAINING, '1', (10.15, 7.75), (10.15, 7.3)),
    Arrow('engine', 'datasets', TRAINING, '2', (10.17, 6.35), (10.17, 5.7)),
    Arrow('datasets', 'inputs', TRAINING, '3', (10.17, 2.45), (10.17, 1.9)),
    Arrow('engine', 'models', TRAINING, '4', (9.25, 6.35), (9.25, 5.7), True),
    Arrow('engine', 'evaluation', TRAINING, '5', (11.65, 6.35), (11.65, 5.7)),
    Arrow('models', 'inputs', OTHER, '', (8.67, 2.45), (8.67, 1.9)),
    Arrow('datasets', 'synth', OTHER, '', (10.85, 3.1), (11.0, 3.1)),
]


def draw_house(path: str | Path) -> None:
    """Draw the picture of docs/en/architecture.md.

    Args:
        path: The PNG file to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axes.set_axis_off()
    _draw_walls(axes)
    for name, room in ROOMS.items():
        _draw_room(axes, name, room)
    for arrow in ARROWS:
        _draw_arrow(axes, arrow)
    _draw_legend(axes)
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=130, format='png')


def _draw_walls(axes) -> None:
    from matplotlib.patches import Polygon

    walls = [(0.1, 0.02), (0.1, 7.75), (12.5, 7.75), (12.5, 0.02)]
    chimney = [(10.6, 8.2), (10.6, 9.1), (11.1, 9.1), (11.1, 8.2)]
    roof = [(0.02, 7.75), (2.2, 9.0), (10.4, 9.0), (12.58, 7.75)]
    parts = ((walls, '#fbfaf6'), (chimney, '#b98d72'), (roof, '#c9705c'))
    for corners, colour in parts:
        axes.add_patch(Polygon(corners, facecolor=colour, edgecolor='#333333'))
    axes.text(6.3, 8.62, ROOF, size=20, weight='bold', color='white', ha='center')
    text = 'the command mmfsa, one file a verb: predict, test, train, export, …'
    axes.text(6.3, 8.15, text, size=13.5, color='white', ha='center')


def _draw_room(axes, name: str, room: Room) -> None:
    from matplotlib.patches import FancyBboxPatch

    axes.add_patch(
        FancyBboxPatch(
            room[:2],
            *room[2:4],
            boxstyle='round,pad=0,rounding_size=0.08',
            facecolor=room.colour,
            edgecolor='#333333',
        )
    )
    middle, top = room.x + room.width / 2, room.y + room.height
    size = min(16, 17.5 * room.width / (0.12 * len(name) + 0.25) / 1.1)
    axes.text(middle, top - 0.08, name, size=size, weight='bold', ha='center', va='top')
    axes.text(middle, top - 0.4, room.text, size=12, ha='center', va='top')


def _draw_arrow(axes, arrow: Arrow) -> None:
    axes.annotate(
        '',
        xy=arrow.end,
        xytext=arrow.start,
        arrowprops=dict(
            arrowstyle='-|>,head_width=0.3,head_length=0.5',
            color=arrow.colour,
            linewidth=2.5,
            linestyle='--' if arrow.by_registry else '-',
            shrinkA=0,
            shrinkB=0,
        ),
    )
    if arrow.step:
        (x, y), (x_end, _) = arrow.start, arrow.end
        beside = (x - 0.22, y - 0.28) if x == x_end else ((x + x_end) / 2, y + 0.27)
        _draw_step(axes, *beside, arrow.step, arrow.colour)


def _draw_step(axes, x: float, y: float, step: str, colour: str) -> None:
    axes.text(
        *(x, y, step),
        size=12,
        weight='bold',
        color='white',
        ha='center',
        va='center',
        bbox=dict(boxstyle='circle,pad=0.15', facecolor=colour, edgecolor='none'),
    )


def _draw_legend(axes) -> None:
    legend = ((0.4, 'from a photo to its poses', PHOTO), (10.5, 'training', TRAINING))
    for x, text, colour in legend:
        axes.text(x, 7.46, text, size=13, weight='bold', color=colour)
