"""What a resumed training takes from its checkpoint, whatever the config says."""

from mmengine.runner import Runner

MOVING = 'lr', 'momentum', 'betas', 'last_step'  # what a schedule changes
NO_SETTINGS = 'params', 'verbose', 'fused', 'foreach', 'capturable'
REMEDY = (
    'the checkpoint brings its own optimiser and schedule. Leave the config as it was; '
    'or start a new run from these weights: leave out --resume, and give --cfg-options '
    'load_from=CHECKPOINT'
)


def kinds_of(runner: Runner) -> dict[str, str | list[str]]:
    """The kinds of a runner's optimiser and schedules, for its checkpoints."""
    schedules = runner.param_schedulers
    schedules = schedules if isinstance(schedules, list) else []
    optimizer = getattr(runner.optim_wrapper, 'optimizer', runner.optim_wrapper)
    return {
        'optimizer.type': type(optimizer).__name__,
        'param_scheduler.type': [type(one).__name__ for one in schedules],
    }


def refuse_ignored_settings(runner: Runner, checkpoint: dict) -> None:
    """Refuse to go on where a changed setting of the config would have no effect.

    Args:
        runner: Built from the config, before the checkpoint's states are loaded.
        checkpoint: What the training goes on from.

    Raises:
        ValueError: The optimiser or a schedule has other settings. The message names them.
    """
    groups = runner.optim_wrapper.state_dict().get('param_groups')
    given_groups = (checkpoint.get('optimizer') or {}).get('param_groups')
    schedules, given_schedules = (
        several if isinstance(several, list) else []
        for several in (runner.param_schedulers, checkpoint.get('param_schedulers'))
    )
    moving = MOVING if schedules or given_schedules else ()
    own, given = (_settings('optimizer', g, moving) for g in (groups, given_groups))
    own |= _settings('param_scheduler', [one.state_dict() for one in schedules], MOVING)
    given |= _settings('param_scheduler', given_schedules, MOVING)
    own['number of schedules'] = len(schedules)
    given['number of schedules'] = len(given_schedules)
    own |= kinds_of(runner)
    given |= (checkpoint.get('meta') or {}).get('kinds') or {}
    changed = [
        f'{key} is {own[key]}, in the checkpoint {given[key]}'
        for key in own
        if key in given and own[key] != given[key]
    ]
    if changed:
        raise ValueError(
            f'--resume would ignore changed settings: {"; ".join(changed)}; {REMEDY}'
        )


def _settings(
    name: str, parts: list[dict] | None, moving: tuple[str, ...]
) -> dict[str, object]:
    """The settings of parameter groups or schedules; of many alike the first counts."""
    return {
        f'{name}.{key}': list(value) if isinstance(value, tuple) else value
        for part in reversed(parts or [])
        for key, value in part.items()
        if isinstance(value, (bool, int, float, str, list, tuple, dict))
        and key not in (*NO_SETTINGS, *moving)
        and not key.startswith('_')
    }
