"""Test the coalition sub-model on a past coalition, and estimate its parameters from the exits: knockon analogue."""

from experiments.studies.runner import Call, Result, job


def work(call: Call) -> Result:
    """Find out what a past coalition says of the exits."""
    from experiments.config.files import check_writable
    from experiments.studies.analogue.findings import find_out
    from experiments.studies.analogue.report import findings_text, write_findings
    from experiments.studies.analogue.settings import read_analogue

    analogue = read_analogue(call.config, call.choices["theatre"], list(call.overrides))
    check_writable(analogue.arm.results)
    findings = find_out(analogue)
    return Result(write_findings(findings), findings_text(findings))


main = job("analogue", work, "it has one coalition, so call it once per coalition")
