_base_ = ['./_base_/models/fsa_caps_fusion.py', './_base_/recipes/protocol2_90e.py']
