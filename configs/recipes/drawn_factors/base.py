# One factor of what is drawn at a time, in the training of rendered_factors/base.py: of the
# heads with --seed 0, the first 12,000. Those of the run NAME are in data/synth_NAME.
_base_ = '../rendered_factors/base.py'
