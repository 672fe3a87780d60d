_base_ = ['./_base_/models/fsa_caps_wo.py', './_base_/recipes/protocol2_90e.py']
