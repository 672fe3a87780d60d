_base_ = ['./_base_/models/fsa_caps_wo.py', './_base_/recipes/protocol1_90e.py']
