_base_ = ['./_base_/models/fsa_caps_1x1_6d.py', './_base_/synth.py']
