"""Factors: what is refused, and draws as the generator makes them."""

import numpy as np
import pytest

from mmfsa.synth.factors import Factors, pick


def test_picks_are_those_of_the_generator():
    chances = [0.2, 0.0, 0.5, 0.3]
    for seed in range(200):
        ours, theirs = np.random.default_rng(seed), np.random.default_rng(seed)
        assert pick(ours, 'abcd', chances) == theirs.choice(list('abcd'), p=chances)
        assert ours.random() == theirs.random()


def test_a_sum_just_below_1_leaves_no_draw_without_an_option():
    class Highest:
        def random(self):
            return np.nextafter(1.0, 0.0)

    assert pick(Highest(), 'abc', [0.1, 0.2, 0.7 - 1e-12]) == 'c'


@pytest.mark.parametrize(
    ('changes', 'name'),
    [
        (dict(ages=[0.5, 0.5, 0.5, 0.5]), 'ages'),
        (dict(ages=[1.5, -0.5, 0, 0]), 'ages'),
        (dict(p_hat=0.9, p_hood=0.4), 'p_hat and p_hood'),
        (dict(p_hat=-0.1), 'p_hat and p_hood'),
    ],
)
def test_what_is_no_probability_is_refused(changes, name):
    with pytest.raises(ValueError, match=f'{name} are no probabilities'):
        Factors.changed(changes)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(p_glasses=2), 'p_glasses is a probability, got 2'),
        (dict(max_angle=0), 'max_angle must be more than 0'),  # no pose would be found
        (dict(profile_tilt=-1), 'profile_tilt must be more than 0'),
    ],
)
def test_what_can_not_be_drawn_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Factors.changed(changes)


def test_lists_of_a_command_line_can_be_kept():
    changed = Factors.changed(dict(distance=[6, 20]))
    assert changed.distance == (6, 20)
    assert hash(changed) != hash(Factors())
