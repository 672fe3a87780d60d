"""The table of converters: names as users type them, all with the same two functions."""

import argparse

import pytest

from mmfsa.datasets.converters import CONVERTERS, load_converter


@pytest.mark.parametrize('name', CONVERTERS)
def test_each_has_its_parser(name):
    converter = load_converter(name)
    parser = argparse.ArgumentParser()
    converter.add_arguments(parser)
    source = [] if name == 'synth' else ['src']
    teachers = dict(refine=['config', 'weights'], relabel=['opnet'])
    teacher = ['--teacher', *teachers[name]] if name in teachers else []
    args = parser.parse_args([*source, '--out', 'somewhere', *teacher])
    assert args.out.name == 'somewhere' and args.workers > 0
    assert converter.__doc__ and callable(converter.run)


# A file `csv.py` among the tools would stand before Python's own: csv is a verb alone.
@pytest.mark.parametrize('name', sorted({*CONVERTERS, 'biwi_splits'} - {'csv'}))
def test_each_tool_says_what_it_does(name, run_tool):
    printed = run_tool(f'dataset_converters/{name}.py', '--help')
    if name in CONVERTERS:
        assert load_converter(name).__doc__.splitlines()[0] in printed
    assert '--out' in printed or name == 'biwi_splits'


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'ffhq'.*aflw2000"):
        load_converter('ffhq')
