"""The format of results files: what a test writes, and what analyses read."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mmfsa.utils.reading import one_line, read_json
from mmfsa.zoo import name_by_digest

from .protocol import NOT_STATED, ProtocolCard

LARGEST = 2**53  # float64 has the whole numbers up to here
FACTS = str, int, float  # what a field of the protocol card may be, but for the split
# Fields of the protocol card: results that differ in one of these do not compare.
PROTOCOL = (
    'dataset',
    'num_kept',
    'max_angle',
    'box_source',
    'crop',
    'color_order',
    'flip_test',
    'split',
    'order',
)


@dataclass(frozen=True)
class Result:
    """One model's score on one test set.

    Attributes:
        name: NETWORK.TAG for weights that mmfsa brings, else the experiment; with its
            file where two results would share it.
        model: The experiment that it was trained with.
        metrics: Errors in degrees, by the metric's names without their prefix.
        protocol: The fields of the protocol card that make results comparable.
        num_expected: Faces that the protocol has; ``None``: any number.
        predictions: Per face with a pose img_path, img_id, gt and pred (yaw, pitch, roll
            in degrees); ``None``: the file has none.
        table: The errors of each group of faces; ``None``: the file has none.
    """

    name: str
    model: str
    metrics: dict[str, float]
    protocol: dict
    num_expected: int | None
    predictions: list[dict] | None
    table: dict[str, dict] | None = None

    @property
    def test_set(self) -> str:
        """The test set in words; an incomplete one says so."""
        dataset, kept = self.protocol['dataset'], self.protocol['num_kept']
        if self.num_expected in (None, kept):
            return f'{dataset}, {kept} faces'
        return f'{dataset}, {kept} of {self.num_expected} faces (partial)'


def read_results(paths: Iterable[Path]) -> list[Result]:
    """Read every test set of several results files.

    Raises:
        OSError: A file can't be read.
        ValueError: One is not a results file.
    """
    read = [(path, result) for path in paths for result in _read(path)]
    count = Counter(_key(result) for _, result in read)
    return [
        replace(result, name=f'{result.name} ({path})')
        if count[_key(result)] > 1
        else result
        for path, result in read
    ]


def _key(result: Result) -> tuple[str, str]:
    return result.name, result.protocol['dataset']


def _read(path: Path) -> list[Result]:
    try:
        content = read_json(path)
        # A file with several test sets has an object for each.
        sections = [content] if 'metrics' in content else content.values()
        return [_parse(section, path) for section in sections]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(
            f'{path} is not what mmfsa test --out writes ({one_line(error)})'
        ) from error


def _parse(section: dict, path: Path) -> Result:
    _check(section['metrics'], 'metrics', _is_number)
    facts = {key: value for key, value in section['protocol'].items() if key != 'split'}
    _check(facts, 'protocol', lambda fact: fact is None or isinstance(fact, FACTS))
    _check(
        section.get('table') or {}, 'table', lambda g: all(map(_is_number, g.values()))
    )
    faces = section.get('predictions')
    if faces is not None:
        _check(dict(enumerate(faces)), 'predictions', _is_face)
    checkpoint = section.get('checkpoint', {})
    model = Path(checkpoint.get('config') or section.get('config') or path).stem
    card = asdict(ProtocolCard()) | section['protocol']
    expected = card.get('num_expected')
    return Result(
        name=name_by_digest(checkpoint.get('sha256')) or model,
        model=model,
        metrics={
            key.removeprefix('head_pose/'): value
            for key, value in section['metrics'].items()
        },
        protocol={field: card[field] for field in PROTOCOL},
        num_expected=None if expected == NOT_STATED else expected,
        predictions=faces and [face for face in faces if face['pred'] is not None],
        table=section.get('table'),
    )


def _check(values: dict, name: str, is_good: Callable[[object], bool]) -> None:
    bad = [key for key, value in values.items() if not is_good(value)]
    if bad:
        raise ValueError(f'{name} {bad[0]}: {values[bad[0]]!r:.80}')


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and abs(value) < LARGEST)


def _is_face(face: dict) -> bool:
    """Whether a face has what is drawn and compared; a pose may be none."""
    poses = [face['gt'], *([] if face['pred'] is None else [face['pred']])]
    whole = all(len(pose) == 3 and None not in pose for pose in poses)
    return (
        whole
        and all(_is_number(angle) for pose in poses for angle in pose)
        and bool(face['img_path'] + '')
    )
