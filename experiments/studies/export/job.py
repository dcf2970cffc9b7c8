"""Write the worlds of a comparison for Stata and others, with a codebook: knockon export format=dta.

  knockon export                                    the only comparison below results/, as CSV
  knockon export results/compare-0123456789 format=parquet
  knockon export format=dta day=365
  knockon export format=docx                        the table of headlines for a text
  knockon export results=elsewhere

settings:
  format   of the worlds: csv, parquet (extra parquet), dta (Stata); with a script that reads them in R or Stata
           of the tables: md (Markdown), docx, xlsx (extra office)
  day      a reporting day, or last
  results  folder of the results
"""

from collections.abc import Sequence


def main(arguments: Sequence[str]) -> None:
    """Export a comparison."""
    from experiments.config.fields import read
    from experiments.config.files import place_of
    from experiments.errors import InputError
    from experiments.storage.comparison import read_arguments, read_comparison, the_only_comparison
    from experiments.studies.export.study import Format, export

    folder, given = read_arguments("export", arguments, {"format": "csv", "day": "last", "results": "results"})
    format_ = read(Format, "format", given["format"])
    if given["day"] != "last" and not given["day"].isdigit():
        raise InputError(f"day={given['day']} is no day: write a number such as 365, or last")
    compared = read_comparison(folder or the_only_comparison(place_of(given["results"])))
    print(export(compared, format_, None if given["day"] == "last" else int(given["day"])))
