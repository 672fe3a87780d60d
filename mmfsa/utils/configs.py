"""Reads configs and builds their parts; a slip in a config becomes one clear line.

Only what a config can cause is explained: a type that no registry knows, an argument that
a part does not take or lacks, and what goes wrong while the file itself runs. All other
errors pass as they are.
"""

import inspect
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from tempfile import gettempdir
from threading import RLock
from types import TracebackType
from typing import Any

from mmengine import Config
from mmengine.registry import Registry

from .doors import check_file
from .reading import one_line, read_data

TRUSTED = 'MMFSA_CONFIGS'  # names folders, as PATH does
NO_FOLDER = 'no temporary folder can be written: set TMPDIR to one that can be'
READING = RLock()
OWN = 'mmfsa::'  # what a `_base_` of mmfsa's configs begins with
NO_CLASS = re.compile(r'Failed to get ([\w.]+)|([\w.]+) is not in the .* registry')
NO_TYPE = 'must contain the key "type"'
NO_PART = re.compile(r'should be a .* but got (.*)')
UNKNOWN = re.compile(r"unexpected keyword argument '(\w+)'")
MISSING = re.compile(r'(\w+)\.__init__\(\) (missing \d+ required .*)')
# The functions of mmengine that build a part, for what a traceback shows.
BUILDERS = 'build_from_cfg', 'build_model_from_cfg', 'build_runner_from_cfg'
# What mmengine takes from a loader's settings before torch gets the others.
OF_MMENGINE = ('num_batch_per_epoch',)


def load_config(path: str | Path) -> Config:
    """Read a config.

    Args:
        path: The file. A `_base_` of it may be `mmfsa::` and a path below mmfsa's
            configs.

    Raises:
        FileNotFoundError: There is no such file, or no such `_base_`.
        ImportError: What `custom_imports` names can't be imported.
        ValueError: The file can't be run; the message names file, line and reason.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no config {path}')
    _find_temporary_folder()
    try:
        with _own_bases():
            _check_file(path)
            return Config.fromfile(path)
    except UnboundLocalError as e:  # mmengine's own, where it made no folder
        raise OSError(
            f'{path}: it is read by way of {gettempdir()}: {NO_FOLDER}'
        ) from e
    except FileNotFoundError as e:
        raise FileNotFoundError(f'{path}: a file that it names is missing: {e}') from e
    except ImportError as e:
        raise ImportError(f'{path}: {_why_no_import(e)}') from e
    except Exception as e:  # a config is code: it can fail in any way
        raise ValueError(_place(path, e)) from e


def is_trusted(path: str | Path) -> bool:
    """Whether a config lies in mmfsa's folder of configs, or in one of MMFSA_CONFIGS."""
    from mmfsa.zoo import config_dir

    named = [
        folder for folder in os.environ.get(TRUSTED, '').split(os.pathsep) if folder
    ]
    folders = [Path(folder).resolve() for folder in (config_dir(), *named)]
    return any(Path(path).resolve().is_relative_to(folder) for folder in folders)


def build_part(cfg: Config, key: str, registry: Registry, **given: Any) -> Any:
    """Build a part of a config.

    Args:
        cfg: The config.
        key: The part's key, such as `model`.
        registry: What builds it.
        **given: Further arguments of the part.

    Raises:
        ValueError: The config has no such part, or the part can't be built; the message
            names the config, the key and, for a typo, the nearest name.
    """
    if not isinstance(cfg.get(key), dict):
        raise ValueError(f'{name_of(cfg)}: {key} must be a dict with a type')
    with explained(cfg, builds=True):
        try:
            return registry.build({**cfg[key], **given})
        except ValueError as e:
            if name_of(cfg) in str(e):
                raise
            raise ValueError(f'{name_of(cfg)}: {key}: {e}') from e


def without_network(cfg: Config, asks: str) -> str:
    """The message where a config has no network, and something needs one.

    Args:
        cfg: The config.
        asks: What needs a network, such as `export`.
    """
    name = name_of(cfg)
    if 'method' not in cfg:
        return f'{name} has no model and no method: give it a `model`'
    return f'{name} describes a method without a network; {asks} needs a network'


@contextmanager
def explained(cfg: Config, builds: bool = False) -> Iterator[None]:
    """Explain an error that a slip in a config has caused.

    Args:
        cfg: The config.
        builds: Its parts are built, and nothing runs: then every error is the config's.

    Raises:
        ValueError: In place of such an error; the message names config and key. A part's
            own ValueError gets the config's name.
    """
    name = name_of(cfg)
    try:
        yield
    except (ImportError, NotImplementedError, OSError):
        raise
    except ValueError as e:
        text = str(e)
        names_a_file = Path(text.partition(':')[0]).exists()
        if not (builds or _is_built(e)) or names_a_file or name in text:
            raise
        raise ValueError(f'{name}: {text}') from e
    except Exception as e:
        slip = _slip(cfg, _text(e))
        if slip is None and not (builds or _is_built(e)):
            raise
        slip = slip or f'it can not be built: {type(e).__name__}: {one_line(e)}'
        raise ValueError(f'{name}: {slip}') from e


def _is_built(error: Exception) -> bool:
    """Whether an error comes from the building of a part."""
    return any(f.f_code.co_name in BUILDERS for f, _ in _frames(error.__traceback__))


def name_of(cfg: Config) -> str:
    """What a message calls a config: its file, where it has one."""
    return str(getattr(cfg, 'filename', None) or 'the config')


def nearest(name: str, known: Iterable[str]) -> str:
    """`: did you mean …?` where a known name is like a wrong one, else nothing."""
    near = get_close_matches(name, [*known], n=1)
    return f': did you mean {near[0]}?' if near else ''


def check_keys(cfg: Config, keys: Iterable[str], known: Iterable[str]) -> None:
    """Refuse settings whose first word is no key of a config.

    Args:
        cfg: The config.
        keys: Keys with dots, as `--cfg-options` has them.
        known: Further first words that mean something.

    Raises:
        ValueError: One means nothing.
    """
    known = {*cfg.keys(), *known}
    for key in keys:
        first = key.partition('.')[0]
        if first not in known:
            raise ValueError(
                f'--cfg-options {key}: {name_of(cfg)} has no {first!r}'
                f'{nearest(first, known)}'
            )


def _find_temporary_folder() -> None:
    """Let mmengine read configs, too, where the only folder to write to is in memory."""
    try:
        gettempdir()
    except FileNotFoundError as e:
        if not os.access('/dev/shm', os.W_OK):
            raise OSError(NO_FOLDER) from e
        tempfile.tempdir = '/dev/shm'


def _check_file(path: str | Path) -> None:
    """Refuse a config that is neither Python nor data; mmengine's YAML builds objects."""
    if Path(path).suffix == '.py':
        check_file(path, 'text')
    elif not isinstance(read_data(path), dict):
        raise ValueError('a config has keys, such as `model`')


def _why_no_import(error: ImportError) -> str:
    """What a config's import has failed for: its own absence, or something in it."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    told = one_line(chain[-1])
    missing = getattr(chain[-1], 'name', None) or ''
    if isinstance(chain[-1], ModuleNotFoundError) and f"'{missing}'" in str(error):
        return f'{told}; where this is your own module, set PYTHONPATH to its folder'
    return told


@contextmanager
def _own_bases() -> Iterator[None]:
    """Let `mmfsa::` be mmfsa's folder of configs, in a clone that is not installed, too.

    For one thread at a time, since mmengine has no other place for it.
    """
    from mmfsa.zoo import config_dir

    def find_own(path: str, filename: str) -> tuple[str, str | None]:
        if path.startswith(OWN):
            return str(config_dir() / path.removeprefix(OWN)), None
        found = find(path, filename)
        if Path(found[0]).is_file():
            _check_file(found[0])
        return found

    with READING:
        find = Config._get_cfg_path
        Config._get_cfg_path = staticmethod(find_own)
        try:
            yield
        finally:
            Config._get_cfg_path = staticmethod(find)


def _place(path: str | Path, error: Exception) -> str:
    """File, line and reason of an error that a config's code has raised."""
    frames = [*_frames(error.__traceback__)]
    files = [
        frame.f_locals['filename']
        for frame, _ in frames
        if frame.f_code.co_name in ('_file2dict', '_is_lazy_import')
    ]
    file = files[-1] if files else str(path)
    line, bases = None, ()
    for frame, number in frames:
        if frame.f_code.co_filename == file:
            line, bases = number, frame.f_globals.get('_base_', ())
    if isinstance(error, SyntaxError):
        line = error.lineno
    file = str(path) if Path(file) == Path(path).resolve() else file
    where = f'{file}:{line}' if line else file
    reason = error.msg if isinstance(error, SyntaxError) else _first_line(error)
    lost = re.search(r"has no attribute '(\w+)'", reason)
    if isinstance(error, AttributeError) and lost and bases:
        reason = f'_base_ has no {lost[1]!r}{nearest(lost[1], bases)}'
    return f'{where}: {reason}'


def _frames(traceback: TracebackType | None) -> Iterator[tuple]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _first_line(error: Exception) -> str:
    return _text(error).partition('\n')[0] or type(error).__name__


def _text(error: Exception) -> str:
    """An error's message; that of a KeyError without the quotes around it."""
    return str(error.args[0] if isinstance(error, KeyError) and error.args else error)


def _slip(cfg: Config, message: str) -> str | None:
    """The key of a config that has caused an error, and what is wrong with it."""
    parts = [*_parts(cfg._cfg_dict, '')]
    if found := NO_CLASS.search(message):
        for key, part in parts:
            if part.get('type') == (found[1] or found[2]):
                return _no_type(key, part)
    elif NO_TYPE in message:
        for key, part in parts:
            if message.partition('but got ')[2].startswith(str(dict(part))):
                return f'{key} has no type'
    elif 'None is not a callable object' in message:
        for key, part in parts:
            if isinstance(part.get('type'), str) and _class_of(part) is None:
                return _no_type(key, part)
    elif found := NO_PART.search(message):
        return f'a part must be a dict with a type, but one is {found[1]}'
    elif found := UNKNOWN.search(message):
        wrong = found[1]
        for key, part in parts:
            takes = _takes(part)
            if wrong in part and wrong not in takes:
                return f'{key} takes no {wrong!r}{_or_all(wrong, takes)}'
    elif found := MISSING.search(message):
        for key, part in parts:
            if getattr(_class_of(part), '__name__', None) == found[1]:
                return f'{key}: {found[1]} is {found[2]}'
    return None


def _no_type(key: str, part: dict) -> str:
    known = {name for r in _registries() for name in r.module_dict}
    return f'{key}: there is no type {part["type"]!r}{nearest(part["type"], known)}'


def _parts(node: Any, key: str) -> Iterator[tuple[str, dict]]:
    """Every dict of a config with its key, the outermost first."""
    if isinstance(node, dict):
        yield key, node
        items = node.items()
    elif isinstance(node, (list, tuple)):
        items = enumerate(node)
    else:
        return
    for name, item in items:
        yield from _parts(item, f'{key}.{name}' if key else str(name))


def _takes(part: dict) -> set[str]:
    """The arguments that a part of a config can have, as far as its classes tell."""
    if 'dataset' in part and 'type' not in part:  # a loader
        from torch.utils.data import DataLoader

        return {*inspect.signature(DataLoader).parameters, *OF_MMENGINE}
    kind = _class_of(part)
    if kind is None and {'by_epoch', 'max_epochs'} & part.keys():
        from mmengine.runner import EpochBasedTrainLoop

        kind = EpochBasedTrainLoop
    takes = {'type', '_scope_', '_delete_'}
    for one in inspect.getmro(kind) if isinstance(kind, type) else [kind]:
        if callable(one) and one is not object:
            parameters = inspect.signature(one).parameters.values()
            takes |= {p.name for p in parameters if 'VAR' not in p.kind.name}
    return takes


def _class_of(part: dict) -> Any:
    kind = part.get('type')
    if not isinstance(kind, str):
        return kind
    for registry in _registries():
        try:
            found = registry.get(kind)
        except RuntimeError:  # the registry knows no such name
            continue
        if found is not None:
            return found
    return None


def _registries() -> list[Registry]:
    """mmfsa's registries, and the registries of mmengine above them."""
    import mmfsa.registry as registries

    own = [r for r in vars(registries).values() if isinstance(r, Registry)]
    return [*own, *(r.parent for r in own if r.parent is not None)]


def _or_all(wrong: str, takes: set[str]) -> str:
    named = sorted(name for name in takes if name[0] != '_' and name != 'type')
    return nearest(wrong, takes) or (f': it takes {", ".join(named)}' if named else '')
