# `make train` and `make test` need Python 3.10 to 3.13 and git, nothing else.
PYTHON ?= python3
TORCH ?= torch==2.13.0
PYTEST_ARGS ?=
# `make test VENV=.venv-onedl MMENGINE=onedl-mmengine==0.10.12` tests with the maintained
# fork of mmengine, which has the same import name.
VENV ?= .venv
MMENGINE ?= mmengine
BIN := $(VENV)/bin
PIP := $(BIN)/pip install -q -c constraints.txt --no-compile --no-warn-conflicts
CHECK_PYTHON := import sys; v = sys.version_info; sys.exit(not (3, 10) <= v < (3, 14) and \
    "mmfsa runs on Python 3.10 to 3.13, and this is %d.%d: make PYTHON=/path/to/python3.11" % v[:2])
# No file but those of the lock, and no dependency that it lacks.
LOCKED := $(BIN)/pip install -q --no-compile --no-warn-conflicts --no-deps --require-hashes
SWAP_MMENGINE := $(if $(filter-out mmengine,$(MMENGINE)),$(BIN)/pip uninstall -q -y mmengine && \
    $(BIN)/pip install -q --no-deps --force-reinstall '$(MMENGINE)')
TRAIN := train openmmlab deploy synth tensorboard video
CUDA := bindings pathfinder toolkit
NVIDIA := cublas cuda-cccl cuda-cupti cuda-nvrtc cuda-runtime cudnn-cu13 cufft cufile curand \
    cusolver cusparse cusparselt-cu13 nccl-cu13 nvjitlink nvshmem-cu13 nvtx
LOCK := -c constraints.txt --config-file requirements/uv.toml --universal \
    --python-version 3.10 --generate-hashes --no-annotate --custom-compile-command 'make lock' \
    $(foreach name,torch triton $(CUDA:%=cuda-%) $(NVIDIA:%=nvidia-%),--no-emit-package $(name))
INSTALLED := $(VENV)/installed
TESTED := $(VENV)/installed-tests
SYNTH := configs/fsa_caps_1x1_synth.py
RUN := work_dirs/fsa_caps_1x1_synth

# pip leaves it to Python to compile what is imported, a quarter of it all, and to keep it.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: train test lint docs lock clean

# Renders heads, trains on them, scores people who were not among them, draws a picture.
train: data/synth/index.json data/synth_val/index.json
	$(BIN)/python tools/train.py $(SYNTH) --augment-on-device --resume
	$(BIN)/python tools/test.py $(SYNTH) $(RUN)/epoch_6.pth --test-set synth \
	    --out $(RUN)/results.json --predictions
	$(BIN)/python tools/analysis_tools/summarize_training.py $(RUN) $(RUN)/results.json \
	    --out $(RUN)/summary.png

data/synth/index.json: | $(INSTALLED)
	$(BIN)/python tools/dataset_converters/synth.py --num 9000 --seed 0 --out $(@D)

data/synth_val/index.json: | $(INSTALLED)
	$(BIN)/python tools/dataset_converters/synth.py --num 1500 --seed 1 --out $(@D)

# A file's tests stay in one process, for what they share; one thread each is fastest.
test: $(TESTED)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadfile \
	    --max-worker-restart 0 $(PYTEST_ARGS)

lint: $(TESTED)
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/codespell

docs: $(TESTED)
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

# What trains, predicts and exports: files whose hashes are in the lock, then torch, whose
# build is free to choose, then mmfsa itself.
$(INSTALLED): requirements/train.txt pyproject.toml setup.py
	@$(PYTHON) -c '$(CHECK_PYTHON)'
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) -r requirements/train.txt
	$(PIP) '$(TORCH)'
	$(PIP) --no-deps --no-build-isolation -e .
	$(SWAP_MMENGINE)
	touch $@

# And what tests, lints and documents. Where there is npm, it gets a browser for the tests of
# demo/web, which are skipped without one.
$(TESTED): $(INSTALLED) requirements/test.txt demo/web/package-lock.json
	$(LOCKED) --no-build-isolation -r requirements/test.txt
	$(SWAP_MMENGINE)
	if command -v npm; then npm ci --prefix demo/web --ignore-scripts --no-audit --no-fund \
	    --fetch-retries 1 --fetch-timeout 60000 || true; fi
	touch $@

# Writes the locks anew. It needs uv (pip install uv).
lock:
	uv pip compile pyproject.toml requirements/train.in $(TRAIN:%=--extra %) $(LOCK) \
	    -o requirements/train.txt
	uv pip compile pyproject.toml requirements/test.in $(TRAIN:%=--extra %) \
	    --extra mmpose --extra test --extra dev $(LOCK) -o requirements/test.txt

clean:
	rm -rf $(VENV) build docs/_build *.egg-info mmfsa/.mim
