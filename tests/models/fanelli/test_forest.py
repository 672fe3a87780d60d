"""The trees' files: whole ones are read, others are refused by name."""

from dataclasses import replace

import numpy as np
import pytest

from mmfsa.models.fanelli import Forest
from mmfsa.models.fanelli.forest import join, read_tree

TREE = """\
8 6
0 1 0 -2500 0 0 0 2 3 4 3 4 3
1 0 1 1 50.5 1 2 3 4 5 6
1 1 0 1000 0 0 0 8 6 7 5 1 1
2 0 1 0.5 9 7 8 9 10 11 12
2 0 1 1 20 0 0 60 -10 20 30
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name='a.tree'):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_reads_a_tree(write):
    tree = read_tree(write(TREE))
    assert tree.patch == (8, 6) and tree.right.tolist() == [2, -1, 4, -2, -3]
    assert tree.threshold.tolist() == [-2500, 0, 1000, 0, 0]
    assert tree.boxes[0].tolist() == [0, 0, 2, 3, 4, 3, 4, 3]
    assert tree.leaves[2].tolist() == [1, 20, 0, 0, 60, -10, 20, 30]


def test_one_forest_of_several_trees(write):
    tree = read_tree(write(TREE))
    forest = join([tree, tree])
    assert forest.roots.tolist() == [0, 5]
    assert forest.right.tolist() == [2, -1, 4, -2, -3, 7, -4, 9, -5, -6]
    assert forest.leaves.shape == (6, 8)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (TREE[:-7], r'a\.tree is damaged'),
        ('\n'.join(TREE.splitlines()[:-1]), r'a\.tree is cut short: nodes are missing'),
        (TREE + '2 0 1 1 20 0 0 60 -10 20 30\n', r'a\.tree is damaged: node 5'),
        ('', r'a\.tree is damaged'),
        ('8 6\n', r'a\.tree is damaged, or no tree: a node'),
        ('some words\nof a text\n', r'a\.tree is damaged, or no tree'),
        (b'\x80\xff\x00\x01' * 9, r'a\.tree is damaged or no text'),
        (TREE.replace('7 5 1 1', '7 5 2 1'), 'looks beyond its patch of 8x6'),
        (TREE.replace('7 5 1 1', '7 5 -1 1'), 'looks beyond its patch of 8x6'),
        (TREE.replace('7 5 1 1', '2147483647 5 1 1'), 'looks beyond its patch of 8x6'),
        (TREE.replace('1000 0 0 0', '1000 1 0 0'), 'another channel'),
        (
            TREE.replace('\n1 ', f'\n{10**20} ', 1),
            r'a\.tree is damaged, or no tree: .*int',
        ),
    ],
)
def test_damaged_files_are_refused(write, text, message):
    with pytest.raises(ValueError, match=message):
        read_tree(write(text))


def test_a_folder_of_trees(write, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no trees .*\*\.tree'):
        Forest.read(tmp_path)
    write(TREE)
    write(TREE.replace('8 6', '9 6', 1), 'b.tree')
    with pytest.raises(ValueError, match=r'b\.tree: its patches have 9x6.*8x6'):
        Forest.read(tmp_path)


def test_patches_come_to_the_leaf_that_plain_python_finds(write):
    pytest.importorskip('numba', reason='depth methods need numba (mmfsa[synth])')
    from mmfsa.models.fanelli.votes import leaves_of, node_table, patches, sum_up

    forest = join([read_tree(write(TREE))] * 2)
    depth = np.random.default_rng(0).integers(0, 12, (20, 30)).astype(np.uint16)
    depth[depth < 5] = 0
    depth[:9], depth[:, :2] = 0, 0  # patches begin half of 8x6 before: at 6, and at 0
    sums = sum_up(depth)
    starts = patches(depth, sums, forest.patch, 3)
    found = leaves_of(starts, sums, 30, node_table(forest, 30), forest.roots)
    expected, where = [], []
    for y in range(6, 20 - 6 + 1, 3):
        for x in range(0, 30 - 8 + 1, 3):
            patch = depth[y : y + 6, x : x + 8]
            if patch[3, 4] and (patch > 0).mean() >= 0.1:
                where.append([x, y])
                expected.append(leaf(forest, patch))
    assert starts.tolist() == where and len({*expected}) == 3
    assert found.tolist() == [expected, [row + 3 for row in expected]]


def leaf(forest, patch):
    node = 0
    while forest.right[node] >= 0:
        means = []
        for x, y, w, h in forest.boxes[node].reshape(2, 4):
            box = patch[y : y + h, x : x + w]
            means.append(box[box > 0].mean() if box.any() else 0)
        above = (means[0] - means[1]) * 1000 > forest.threshold[node]
        node = forest.right[node] if above else node + 1
    return -1 - forest.right[node]


def test_a_small_file_and_back(write, tmp_path):
    tree = replace(read_tree(write(TREE)), pixel=3.5, side=128)
    forest = join([tree, tree])
    forest.write(tmp_path / 'forest.npz')
    back = Forest.read(tmp_path / 'forest.npz')
    assert (back.patch, back.pixel, back.side) == ((8, 6), 3.5, 128)
    for name in ('roots', 'right', 'threshold', 'boxes'):
        np.testing.assert_array_equal(getattr(back, name), getattr(forest, name))
    np.testing.assert_allclose(back.leaves, forest.leaves, rtol=1e-3)
    plain = join([read_tree(write(TREE))])
    plain.write(tmp_path / 'plain.npz')
    assert Forest.read(tmp_path / 'plain.npz').pixel is None


@pytest.mark.parametrize(
    ('name', 'row', 'value', 'message'),
    [
        ('right', 0, 0, 'a node has no child'),  # it would never end
        ('right', 0, 99, 'a node has no child'),
        ('right', 4, -99, 'a node has no child'),
        ('roots', 0, 99, 'a tree has no root'),
        ('boxes', 0, 200, 'looks beyond its patch'),
        ('leaves', 0, np.nan, 'its leaves are no numbers'),
        ('view', 1, 1e9, 'are no view of a face'),
        ('threshold', None, [1, 2], 'differ in length'),
    ],
)
def test_damaged_arrays_are_refused(write, tmp_path, name, row, value, message):
    path = tmp_path / 'forest.npz'
    read_tree(write(TREE)).write(path)
    with np.load(path) as arrays:
        arrays = dict(arrays)
    if row is None:
        arrays[name] = np.array(value)
    else:
        arrays[name][row] = value
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match=rf'forest\.npz: .*{message}'):
        Forest.read(path)


def test_what_is_no_forest(tmp_path):
    np.savez(tmp_path / 'a.npz', other=np.zeros(3))
    with pytest.raises(ValueError, match=r'a\.npz is damaged'):
        Forest.read(tmp_path / 'a.npz')
