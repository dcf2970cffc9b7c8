"""List the results in a folder, open or remove one: knockon results.

  knockon results                                  all results, the newest first
  knockon results results=elsewhere
  knockon results open compare-0123456789          opens its page; the start of the name or the title will do
  knockon results rm compare-0123456789 dry_run=true
  knockon results rm compare-0123                  asks before it removes; yes=true does not ask

settings:
  results  folder of the results
  check    true: also check whether the present sources would give the same worlds ("same", "other", "?": not known)
  dry_run  true: print what rm would remove, and remove nothing
  yes      true: rm does not ask

rm removes a result and those of its arms that no other result uses. It keeps and names the arms that other results use. It
refuses to remove an arm that a run is writing.
"""

from collections.abc import Sequence


def main(arguments: Sequence[str]) -> None:
    """List, open or remove results."""
    from experiments.config.files import place_of
    from experiments.errors import InputError, nearest
    from experiments.storage.comparison import words_and_settings
    from experiments.studies.results.study import list_results, open_result, remove_result

    verbs = {"rm": remove_result, "open": open_result}
    known = {"check": "true", "dry_run": "false", "results": "results", "yes": "false"}
    words, given = words_and_settings("results", arguments, known)
    results = place_of(given.pop("results"))
    for name, value in given.items():
        if value not in ("true", "false"):
            raise InputError(f"{name}={value} is neither true nor false")
    asked = {name: value == "true" for name, value in given.items()}
    if not words:
        list_results(results, asked["check"])
        return
    verb, *names = words
    if verb not in verbs:
        raise InputError(
            f"results has no {verb!r}{nearest(verb, verbs)}; it has {', '.join(verbs)}; knockon results alone lists the results"
        )
    if len(names) != 1:
        raise InputError(f"results {verb} takes one name, not {len(names)}: knockon results lists them")
    verbs[verb](results, names[0], asked)
