"""The rules of the house: first lines, who may import whom, thin tools, one of a kind."""

import ast
import re
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
    assert without == set()


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
    assert importing == set()


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
    assert importing == set()


def test_a_tool_is_arguments_and_one_call():
    long = {script_name(p) for p in TOOLS if lines_of_code(p) > LONGEST_TOOL}
    assert long == set()


SOURCES = [*MODULES.values(), *SCRIPTS, *sorted(ROOT.glob('projects/*/*.py'))]
PADDING = re.compile(
    r'\b(pads?|padding|margin)(\[\d\])? \* |\* (pads?|padding|margin)\b', re.I
)
CROP_BY_NAME = re.compile(r"""(endswith\(|[=!]= |\bin )\(?['"](mmfsa\.)?CropFace['"]""")


def matching(pattern, allowed=()):
    """The files in which a pattern stands, but for those in allowed folders."""
    found = {script_name(path) for path in SOURCES if pattern.search(path.read_text())}
    return {name for name in found if not name.startswith(tuple(allowed) or '-')}


def test_there_is_one_box_arithmetic():
    """MTCNN's own networks refine boxes; nothing else widens one but the input spec."""
    assert matching(PADDING) == {'mmfsa/inputs/spec.py'}


def test_no_crop_is_looked_for_by_its_name():
    assert matching(CROP_BY_NAME) == set()
    assert CROP_BY_NAME.search("t['type'].endswith('CropFace')")


def test_the_words_of_the_convention_stand_once():
    words = re.compile(r'^(ANGLES|CONVENTION) = ', re.MULTILINE)
    assert matching(words) == {'mmfsa/structures/rotation.py'}
    spelled = re.compile(r"""['"]yaw['"], ['"]pitch['"], ['"]roll['"]""")
    assert matching(spelled, ('projects/', 'mmfsa/structures/rotation.py')) == set()


def test_no_library_code_starts_a_script():
    starting = re.compile(r'subprocess|os\.system|runpy')
    assert matching(starting, ('tools/misc/run_docs.py',)) == set()


def test_one_function_builds_a_model_with_its_weights():
    """Who builds a model for use asks the loader."""
    loading = re.compile(r'\bload_weights\(')
    assert matching(loading) == {
        'mmfsa/engine/averaging.py',  # the mean of several
        'mmfsa/engine/checkpoint.py',  # defines it
        'mmfsa/engine/testing.py',  # the runner has built the model
        'mmfsa/methods/loading.py',
        'mmfsa/methods/finders/mmpose_landmarks.py',  # the model is MMPose's
        'mmfsa/zoo/publish.py',
    }
