"""The process beside the page runs the same worlds, drops superseded requests, and is replaced when it ends."""

from collections.abc import Iterator

import pandas as pd
import pytest
from test_explore_state import BORDER, pullout, state

from experiments.errors import InputError
from experiments.studies.explore.beside import Beside
from experiments.studies.explore.runs import Runs
from experiments.studies.explore.seen import SupersededError
from experiments.studies.explore.state import read_state


def always() -> bool:
    return True


ARMS = BORDER.arms(read_state(state()))
OTHERS = BORDER.arms(read_state(state({"scenario": "stay"}, pullout(start=31))))


@pytest.fixture(scope="module")
def there() -> Iterator[Beside]:
    """Start the process."""
    beside = Beside()
    yield beside
    beside._process.process.terminate()
    beside._process.process.join(20)


def test_its_worlds_are_those_of_this_process(there: Beside) -> None:
    *_, last = there.see(ARMS, always)
    *_, here = Runs().see(ARMS, always)
    assert (last.day, last.is_done, last.anew) == (here.day, True, 2)
    assert all(one.identical(other) for one, other in zip(last.data, here.data, strict=True))
    *_, again = there.see(ARMS, always)
    assert again.anew == 0
    assert there.completed == 1


def test_what_is_superseded_leaves_nothing_behind(there: Beside) -> None:
    wanted = [True]
    left = there.see(OTHERS, lambda: bool(wanted.pop() if wanted else False))
    with pytest.raises(SupersededError):
        list(left)
    *_, last = there.see(ARMS, always)
    assert [data.attrs["key"] for data in last.data] == [arm.key for arm in ARMS]
    there.get_ready(OTHERS)
    *_, last = there.see(OTHERS, always)
    assert [data.attrs["key"] for data in last.data] == [arm.key for arm in OTHERS]


def test_its_story_is_that_of_this_process(there: Beside) -> None:
    there_, here = there.story(ARMS, 3), Runs().story(ARMS, 3)
    pd.testing.assert_frame_equal(there_.events, here.events, check_dtype=False, check_column_type=False)
    assert there_.parts_on == here.parts_on


def test_another_is_started_in_place_of_one_that_ended(there: Beside) -> None:
    there._process.process.kill()
    with pytest.raises(InputError, match=r"the process with the worlds has stopped \(-9\), and a new process has started"):
        list(there.see(ARMS, always))
    *_, last = there.see(ARMS, always)
    assert last.anew == 2
    assert there.story(ARMS, 3).parts_on == 14


def test_no_other_is_started_when_the_page_ends(there: Beside) -> None:
    """A process that starts while its parent ends prints a traceback."""
    ended = there._process
    there.end()
    ended.process.kill()
    with pytest.raises(InputError):
        list(there.see(OTHERS, always))
    assert there._process is ended
