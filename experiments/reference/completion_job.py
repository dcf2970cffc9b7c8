"""Print what makes a shell complete jobs, scenarios and settings: knockon completion bash.

For bash and zsh, put one line into ~/.bashrc or ~/.zshrc:

  eval "$(knockon completion bash)"
  eval "$(knockon completion zsh)"

For fish:

  knockon completion fish > ~/.config/fish/completions/knockon.fish

Then knockon run scenario=us_<Tab> completes, also after --config-dir FOLDER and after a comma of a sweep.
"""

from collections.abc import Sequence

from experiments.errors import InputError, nearest

_SHELLS = ("bash", "zsh", "fish")


def main(arguments: Sequence[str]) -> None:
    """Print the code for one shell."""
    import argcomplete

    if len(arguments) != 1 or arguments[0] not in _SHELLS:
        given = " ".join(arguments)
        raise InputError(f"completion takes one of {', '.join(_SHELLS)}, not {given!r}{nearest(given, _SHELLS)}")
    print(argcomplete.shellcode(["knockon"], shell=arguments[0], use_defaults=True))
