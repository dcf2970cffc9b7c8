"""Draw the figures of a comparison again from its stored results, for another venue."""

from typing import Any, cast

from omegaconf import DictConfig, OmegaConf


def main(config: DictConfig) -> None:
    """Draw what the config asks for and say where it is."""
    from experiments.config.compose import in_one_line
    from experiments.studies.compare.redraw import redraw

    with in_one_line():
        plain = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
        folder = redraw(cast(dict[str, Any], OmegaConf.to_container(plain, resolve=True)))
    print(f"Figures: {folder}", flush=True)
