_base_ = 'mmfsa::_base_/../fsa_caps_1x1_synth.py'
custom_imports = dict(imports=['projects.example_project.distinct_scoring'])
model = dict(neck=dict(scoring=dict(type='DistinctScoring')))
