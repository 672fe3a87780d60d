"""Progress goes to standard error, and results have standard output to themselves."""

from mmfsa.utils.progress import track


def test_the_items_and_where_the_bar_is(capsys):
    assert list(track(iter('abc'), 'Reading', 3)) == ['a', 'b', 'c']
    printed = capsys.readouterr()
    assert not printed.out and 'Reading' in printed.err
