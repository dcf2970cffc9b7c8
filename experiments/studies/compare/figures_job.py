"""Draw the figures of a stored comparison again, for a paper or slides: knockon figures figure=slides."""

from omegaconf import DictConfig


def main(config: DictConfig) -> None:
    """Draw the figures that the config asks for and print their folder."""
    from experiments.config.read import resolved
    from experiments.studies.compare.redraw import redraw
    from experiments.studies.runner import in_one_line

    with in_one_line():
        folder = redraw(resolved(config))
    print(f"Figures: {folder}", flush=True)
