"""A damaged file is one line that names it, soon, and without much memory."""

import faulthandler
import importlib.util
import os
import random
import resource
import sys
from pathlib import Path

import pytest

from mmfsa.utils.cli import USER_ERRORS

SHORT, LONG = 6, 10_000  # damaged files, of each kind and of all kinds
SECONDS, GIGABYTES = 10, 2


def load(name):
    """A module beside this file."""
    path = Path(__file__).with_name(f'{name}.py')
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


mutations, readers = load('mutations'), load('readers')


def feed(reader, folder, num, seed):
    """Let a reader read damaged files; the last one stays for a look.

    Raises:
        AssertionError: It took too long or too much, or its error is none for users.
    """
    path = folder / reader.file
    reader.write(path)
    reader.read(path)  # the good one
    good = path.read_bytes()
    for number in range(num):
        draw = random.Random(f'{seed} {reader.file} {number}')
        content = mutations.damaged(good, reader.kind, draw)
        path.write_bytes(content)
        before, memory = seconds(), peak()
        faulthandler.dump_traceback_later(3 * SECONDS, exit=True)
        try:
            reader.read(path)
        except USER_ERRORS as error:
            text = str(error)
            assert path.parent.name in text, (number, text)
            assert '\n' not in text and len(text) < 2000, (number, text)
        finally:
            faulthandler.cancel_dump_traceback_later()
        assert seconds() - before < SECONDS, number
        assert peak() - memory < GIGABYTES * 2**30, number


def seconds():
    """How long this process and its children have computed, on however busy a machine.

    What waits and computes nothing is ended by faulthandler.
    """
    return sum(os.times()[:4])


def peak():
    """The most bytes of memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize('reader', readers.READERS, ids=lambda reader: reader.file)
def test_damaged_files(reader, tmp_path):
    feed(reader, tmp_path, SHORT, 'short')


@pytest.mark.slow
@pytest.mark.parametrize('reader', readers.READERS, ids=lambda reader: reader.file)
def test_many_damaged_files(reader, tmp_path):
    feed(reader, tmp_path, 1 + LONG // len(readers.READERS), 'long')
