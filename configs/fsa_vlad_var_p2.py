_base_ = ['./_base_/models/fsa_vlad_var.py', './_base_/recipes/protocol2_90e.py']
