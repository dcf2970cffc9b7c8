"""Test the coalition sub-model on a past coalition, and estimate its parameters from the exits: knockon analogue."""

from experiments.studies.runner import Call, Result, job


def work(call: Call) -> Result:
    """Test the coalition sub-model on a past coalition."""
    from experiments.config.files import check_writable
    from experiments.studies.analogue.findings import analyse
    from experiments.studies.analogue.report import findings_text, write_findings
    from experiments.studies.analogue.settings import read_analogue

    analogue = read_analogue(call.config, call.choices["theatre"], list(call.overrides))
    check_writable(analogue.arm.results)
    findings = analyse(analogue)
    return Result(write_findings(findings), findings_text(findings))


main = job("analogue", work, "it tests one coalition; call it once per coalition")
