_base_ = ['./_base_/models/fsa_none_var.py', './_base_/recipes/protocol1_90e.py']
