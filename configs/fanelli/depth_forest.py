# Fanelli's random forest, grown from rendered people: its trees come with mmfsa.
_base_ = '../_base_/default_runtime.py'
method = dict(type='FanelliForest', stride=3, max_variance=2500.0, min_votes=0.3)
