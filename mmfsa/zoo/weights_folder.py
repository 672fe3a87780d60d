"""The weights of an experiment: in a folder of the user's, or where the zoo has them."""

from pathlib import Path

from mmfsa.engine import fuse_checkpoints
from mmfsa.utils.files import temporary_folder

from .config_files import experiments, metafile_models, networks_and_tags, read_config
from .convert import convert
from .names import resolve


class MissingWeightsError(FileNotFoundError):
    """The message says which file is missing, and how to get it."""


class WeightsFolder:
    """Finds the weights of experiments, and converts what has to be converted.

    A folder may hold checkpoints of mmfsa, named NETWORK.TAG.pth, and, at any depth, the
    files of the methods' authors under their own names. What mmfsa brings and what the
    user keeps (`mmfsa convert FILE`) is found without a folder.

    It is a context manager: at its end the converted files are gone.

    Args:
        folder: The user's folder; None: there is none.

    Raises:
        FileNotFoundError: There is no such folder.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = folder and Path(folder)
        if folder and not self.folder.is_dir():
            raise FileNotFoundError(f'there is no folder {folder}')
        self._converted: dict[Path, tuple[str, Path]] = {}

    def __enter__(self) -> 'WeightsFolder':
        self._temporary = temporary_folder()
        return self

    def __exit__(self, *_: object) -> None:
        self._temporary.cleanup()

    def find(self, experiment: str, file: str | None = None) -> Path | None:
        """The weights of an experiment.

        Args:
            experiment: Its exact name.
            file: The authors' file, where the metafile does not name one.

        Returns:
            A checkpoint, or the foreign file that the method takes as it is; None where
            the experiment needs no weights.

        Raises:
            MissingWeightsError: There are none.
            ImportError: A package that reads the authors' file is not installed.
            ValueError: The authors' file is damaged.
        """
        stated = _metafile().get(experiment, {})
        if 'model' not in read_config(experiment):
            return self._foreign(experiment, stated)
        entry = resolve(experiment)
        kept = self.folder and self.folder / f'{entry.name}.pth'
        if kept and kept.is_file():
            return kept
        parts = stated.get('Converted From', {}).get('Models')
        if parts:
            return self._fused(experiment, parts)
        file = file or file_of(experiment)
        for source in self._files(file):
            made_by, checkpoint = self._convert(source)
            if made_by == experiment:
                return checkpoint
        own = entry.find_weights()
        if own:
            return own
        remedy = (
            f': put it, or {entry.name}.pth, into the folder of --weights, or run '
            f'`mmfsa convert {file}` once'
        )
        raise MissingWeightsError(needs(experiment, file) + (remedy if file else ''))

    def _foreign(self, experiment: str, stated: dict) -> Path | None:
        """The file of a method that is no network of mmfsa's."""
        file = stated.get('Foreign Weights')
        if file is None:
            return None
        found = self._files(file)
        if not found:
            raise MissingWeightsError(
                f'{needs(experiment)}: put it into the folder of --weights'
            )
        return found[0]

    def _fused(self, experiment: str, parts: list[str]) -> Path:
        """The checkpoint of a fusion, joined from those of its parts."""
        path = Path(self._temporary.name) / f'{experiment}.pth'
        if not path.is_file():
            checkpoints = [self.find(part) for part in parts]
            fuse_checkpoints(read_config(experiment), checkpoints, path)
        return path

    def _files(self, name: str | None) -> list[Path]:
        return sorted(self.folder.rglob(name)) if self.folder and name else []

    def _convert(self, source: Path) -> tuple[str, Path]:
        """The experiment that a file belongs to, and its checkpoint."""
        if source not in self._converted:
            path = Path(self._temporary.name) / f'{len(self._converted)}.pth'
            self._converted[source] = convert(source, path).removesuffix('.py'), path
        return self._converted[source]


def file_of(experiment: str) -> str | None:
    """The name of the authors' file of an experiment, as metafiles say it.

    The authors' files of one network have one name, whatever they were trained on.
    """
    networks = networks_and_tags()
    network = networks[experiment][0]
    stated = _metafile()
    for name in (experiment, *(n for n in stated if networks[n][0] == network)):
        file = stated.get(name, {}).get('Converted From', {}).get('Weights')
        if file:
            return file
    return None


def needs(experiment: str, file: str | None = None) -> str:
    """Which weights an experiment needs, in words; empty where it needs none.

    Args:
        experiment: Its exact name.
        file: The authors' file, where the metafile does not name one.
    """
    stated = _metafile().get(experiment, {})
    parts = stated.get('Converted From', {}).get('Models')
    if parts:
        return f'needs the weights of {", ".join(parts)}'
    file = file or stated.get('Foreign Weights') or file_of(experiment)
    code = stated.get('Converted From', {}).get('Code')
    if file:
        return f'needs {file}' + (f' of {code}' if code else '')
    if 'model' not in read_config(experiment):
        return ''
    return (
        'no weights are known: '
        f'`mmfsa train {experiments()[experiment].name}` trains them'
    )


def _metafile() -> dict[str, dict]:
    return {model['Name']: model for model in metafile_models()}
