_base_ = ['./_base_/models/fsa_caps_var.py', './_base_/recipes/protocol2_90e.py']
