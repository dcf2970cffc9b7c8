"""Write a comparison as one A4 page for a minister's adviser: knockon brief.

  knockon brief                                     the only comparison below results/, as PDF
  knockon brief results/compare-0123456789 arm=partial_cut
  knockon brief format=docx
  knockon brief results=elsewhere format=md

The page has the question, the findings, three dotplots, what the findings hinge on, how good the evidence is, what the model
leaves out, and what would change our mind. No world is run. The page quotes the answer of knockon discover on the same
arm, if there is one.

settings:
  arm      the scenario of the page; by default the first scenario of the comparison's report
  format   pdf and docx (extra office), md (Markdown)
  results  folder of the results
"""

import importlib.util
from collections.abc import Sequence

_NEEDS = {"pdf": "fpdf", "docx": "docx", "md": None}
"""The package that each format needs."""


def main(arguments: Sequence[str]) -> None:
    """Write the brief of a comparison."""
    from experiments.config.files import check_writable, place_of
    from experiments.errors import InputError, nearest
    from experiments.storage.about import as_asked, read_about
    from experiments.storage.comparison import read_arguments, read_comparison, the_only_comparison
    from experiments.studies.compare.brief import as_markdown, brief_of, write_docx, write_pdf

    folder, given = read_arguments("brief", arguments, {"arm": "", "format": "pdf", "results": "results"})
    form = given["format"]
    if form not in _NEEDS:
        raise InputError(f"format={form} is none of {', '.join(_NEEDS)}{nearest(form, _NEEDS)}")
    if (package := _NEEDS[form]) and importlib.util.find_spec(package) is None:
        raise InputError(f"format={form} needs pip install 'knockon[office]'; format=md needs nothing more")
    comparison = read_comparison(folder or the_only_comparison(place_of(given["results"])))
    check_writable(comparison.folder)
    with as_asked(read_about(comparison.folder)):
        brief = brief_of(comparison, given["arm"] or None)
    file = comparison.folder / f"brief.{form}"
    if form == "md":
        file.write_text(as_markdown(brief), encoding="utf-8")
    else:
        (write_pdf if form == "pdf" else write_docx)(brief, file)
    print(f"{brief.title}\nBrief: {file}", flush=True)
