_base_ = ['./_base_/models/fsa_vlad_var.py', './_base_/recipes/protocol1_90e.py']
