"""The rules of the house: first lines, who may import whom, and thin tools."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = sorted(ROOT.glob('tools/**/*.py'))
SCRIPTS = [*TOOLS, *sorted(ROOT.glob('demo/*.py'))]
LONGEST_TOOL = 60  # lines of code: no docstrings, comments or empty lines
# What finds, runs and scores a network must not need what deploys it.
BELOW_DEPLOY = (
    *('structures', 'inputs', 'utils', 'models', 'datasets', 'synth'),
    *('detection', 'tracking', 'engine', 'evaluation', 'visualization'),
)

# What breaks a rule still, as the tests below name it. These lists shrink to nothing.
WITHOUT_DOCSTRING = {
    'mmfsa.apis',
    'mmfsa.apis.crop',
    'mmfsa.datasets',
    'mmfsa.datasets.head_pose_dataset',
    'mmfsa.datasets.resident_dataset',
    'mmfsa.datasets.transforms.crop_face',
    'mmfsa.datasets.transforms.formatting',
    'mmfsa.deploy.backends.base',
    'mmfsa.deploy.backends.onnxruntime_backend',
    'mmfsa.deploy.backends.openvino_backend',
    'mmfsa.deploy.backends.tensorrt_backend',
    'mmfsa.deploy.backends.torch_backend',
    'mmfsa.deploy.deployed_model',
    'mmfsa.deploy.estimator',
    'mmfsa.deploy.onnx_session',
    'mmfsa.engine',
    'mmfsa.engine.hooks',
    'mmfsa.engine.hooks.dataset_epoch_hook',
    'mmfsa.engine.hooks.plain_checkpoint_hook',
    'mmfsa.engine.hooks.progress_bar_hook',
    'mmfsa.evaluation',
    'mmfsa.evaluation.head_pose_metric',
    'mmfsa.evaluation.protocol',
    'mmfsa.evaluation.tables',
    'mmfsa.models',
    'mmfsa.models.aggregation',
    'mmfsa.models.backbones',
    'mmfsa.models.estimators',
    'mmfsa.models.heads',
    'mmfsa.models.mapping',
    'mmfsa.models.necks',
    'mmfsa.models.scoring',
    'mmfsa.structures.head_pose_data_sample',
    'mmfsa.version',
}
IMPORTS_DEPLOY = {
    'mmfsa.detection.centerface',
}
IMPORTS_SCRIPTS = {
    'tools/analysis_tools/calibrate_detector.py',
    'tools/analysis_tools/compare.py',
    'tools/analysis_tools/compare_borders.py',
    'tools/analysis_tools/error_analysis.py',
    'tools/analysis_tools/make_tables.py',
    'tools/analysis_tools/robustness.py',
    'tools/analysis_tools/summarize_training.py',
    'tools/dataset_converters/300wlp.py',
    'tools/dataset_converters/_mat_faces.py',
    'tools/dataset_converters/aflw.py',
    'tools/dataset_converters/aflw2000.py',
    'tools/dataset_converters/biwi.py',
    'tools/dataset_converters/refine.py',
    'tools/dataset_converters/synth.py',
    'tools/deployment/benchmark.py',
    'tools/deployment/benchmark_zoo.py',
    'tools/deployment/export_onnx.py',
    'tools/deployment/verify.py',
}
LONG_TOOLS = {
    'tools/analysis_tools/_results.py',
    'tools/analysis_tools/analyze_logs.py',
    'tools/analysis_tools/benchmark_inference.py',
    'tools/analysis_tools/benchmark_training.py',
    'tools/analysis_tools/calibrate_detector.py',
    'tools/analysis_tools/compare.py',
    'tools/analysis_tools/error_analysis.py',
    'tools/analysis_tools/get_flops.py',
    'tools/analysis_tools/make_tables.py',
    'tools/analysis_tools/robustness.py',
    'tools/analysis_tools/summarize_training.py',
    'tools/dataset_converters/_common.py',
    'tools/dataset_converters/aflw.py',
    'tools/dataset_converters/biwi.py',
    'tools/dataset_converters/refine.py',
    'tools/deployment/benchmark.py',
    'tools/deployment/verify.py',
    'tools/misc/draw_figures.py',
    'tools/misc/publish_model.py',
    'tools/misc/run_docs.py',
    'tools/model_converters/average_checkpoints.py',
    'tools/model_converters/keras_to_mmfsa.py',
    'tools/test.py',
    'tools/train.py',
}


def name_of(path):
    """The name under which Python imports a file of the package."""
    parts = path.relative_to(ROOT).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


MODULES = {name_of(path): path for path in sorted(ROOT.glob('mmfsa/**/*.py'))}


def imports(name, path):
    """The absolute names that a module imports while it is imported itself.

    What a function imports when it is called, and what only a type checker sees, is left
    out.
    """
    package = name if path.name == '__init__.py' else name.rpartition('.')[0]
    waiting = ast.parse(path.read_text()).body
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ''
            if node.level:
                around = package.split('.')[: package.count('.') + 2 - node.level]
                source = '.'.join([*around, source]).removesuffix('.')
            for alias in node.names:
                inner = f'{source}.{alias.name}'
                yield inner if inner in MODULES else source
        elif isinstance(node, ast.If) and 'TYPE_CHECKING' in ast.unparse(node.test):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def import_graph():
    """Which modules of the package must be imported before each of its modules.

    Python imports the packages around a module before the module. The packages around
    the importing module don't count: they have begun already.
    """
    graph = {}
    for name, path in MODULES.items():
        graph[name] = set()
        for imported in imports(name, path):
            parts = imported.split('.')
            for end in range(1, len(parts) + 1):
                needed = '.'.join(parts[:end])
                if needed in MODULES and not f'{name}.'.startswith(f'{needed}.'):
                    graph[name].add(needed)
    return graph


def circle(graph):
    """The names along one circle of imports; none where there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def lines_of_code(path):
    """The number of a script's lines that hold code."""
    text = path.read_text()
    docstrings = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, node.end_lineno + 1)
    }
    lines = enumerate(map(str.strip, text.splitlines()), 1)
    return sum(
        bool(line) and not line.startswith('#') and number not in docstrings
        for number, line in lines
    )


def script_name(path):
    return path.relative_to(ROOT).as_posix()


def test_the_first_line_of_a_module_says_what_it_is_for():
    without = set()
    for name, path in MODULES.items():
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ''
        first_line = docstring.partition('\n')[0]
        if not path.read_text().startswith('"""') or len(first_line.split()) < 3:
            without.add(name)
    assert without - WITHOUT_DOCSTRING == set()


def test_modules_do_not_import_each_other_in_a_circle():
    assert ' → '.join(circle(import_graph())) == ''


def test_the_graph_has_relative_and_absolute_imports():
    needed = import_graph()['mmfsa.synth.renderer']
    assert {'mmfsa.synth.asset', 'mmfsa.structures', 'mmfsa.structures.rotation'} <= (
        needed
    )
    assert circle({'a': {'b'}, 'b': {'c'}, 'c': {'a'}})


def test_what_lies_below_deployment_does_not_import_it():
    importing = {
        name
        for name, needed in import_graph().items()
        if name.split('.')[1:2] and name.split('.')[1] in BELOW_DEPLOY
        if any(f'{module}.'.startswith('mmfsa.deploy.') for module in needed)
    }
    assert importing - IMPORTS_DEPLOY == set()


def test_no_script_imports_a_script():
    others = {path.stem for path in SCRIPTS} | {'tools', 'demo'}
    importing = set()
    for path in SCRIPTS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or '.']
            else:
                continue
            if any(module.split('.')[0] in others for module in modules):
                importing.add(script_name(path))
    assert importing - IMPORTS_SCRIPTS == set()


def test_a_tool_is_arguments_and_one_call():
    long = {script_name(p) for p in TOOLS if lines_of_code(p) > LONGEST_TOOL}
    assert long - LONG_TOOLS == set()
