_base_ = [
    './datasets/biwi.py',
    './schedules/adam_90e.py',
    './default_runtime.py',
]
