"""Run a design of your own and get a tidy table: knockon design design=lhs 'design.over=[...]'."""

from experiments.studies.runner import Call, Result, job

_INSTEAD = {
    "reference": "design.relative_to says which",
    "ensemble.worlds": "design.rows and design.worlds_per_row say how many worlds",
    "ensemble.worlds_per_draw": "design.worlds_per_row says how many worlds share a row",
}


def work(call: Call) -> Result | None:
    """Run the rows of a design as one set of worlds."""
    from experiments.config.ledger import designed
    from experiments.studies.design.settings import Settings
    from experiments.studies.design.study import design_of, read_rows, run_design, summary, write_design

    settings = call.section(Settings)
    rows = read_rows(settings.sample) if settings.is_file else None
    given = rows.overrides if rows is not None else ()
    arms = {call.choices["scenario"]: call.arm(None, *given)}
    if settings.relative_to is not None:
        without = [override for override in given if not override.startswith("policies.")]
        arms[settings.relative_to] = call.reference(settings.relative_to, *without)
    design = design_of(arms, settings, rows)
    run = designed(arms, design, settings.rest)
    if call.is_dry(run):
        return None
    tables = run_design(run, design, settings)
    return Result(write_design(run, design, settings, tables), summary(design, settings, tables))


main = job("design", work, instead=_INSTEAD)
