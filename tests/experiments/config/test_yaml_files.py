"""A text means the same in a file as on the command line; an unreadable file gives one line of error that names the file."""

import math
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from experiments.config.files import read_yaml
from experiments.errors import InputError


def written(content: str | bytes) -> Path:
    file = Path("own.yaml")
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


WORDS = (
    "0 7 -3 +5 1_000 1e3 1E-05 1. .5 -0.25 1_0.5_0 inf -inf nan NaN true False TRUE tRuE null NULL "
    "yes no on off Yes NO y n 2020-11-03 01-03 us_pullout kataib_hezbollah 1e 1-2 a.b v1.0 _ 0-1"
)


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_means_what_it_means_on_the_command_line(word: str) -> None:
    (override,) = OverridesParser.create().parse_overrides([f"x={word}"])
    meant, read = override.value(), read_yaml(written(f"x: {word}\n"))["x"]
    assert type(read) is type(meant)
    assert read == meant or (math.isnan(meant) and math.isnan(read))


@pytest.mark.parametrize(
    "word",
    [
        "014",
        "060",
        "-014",
        "08",
        "0b11",
        "0x1F",
        "1:30",
        "190:20:30.15",
        "1__0",
        "1_",
        "007.5",
        "0_1",
        ".inf",
        "-.INF",
        ".nan",
        "1e3_",
    ],
)
def test_a_number_of_yaml_1_1_alone_is_refused_with_its_line(word: str) -> None:
    (override,) = OverridesParser.create().parse_overrides([f"x={word}"])
    assert isinstance(override.value(), str)
    with pytest.raises(InputError) as refused:
        read_yaml(written(f"a: 1\nx: {{start: {word}}}\n"))
    assert str(refused.value).startswith(f"own.yaml, line 2: {word} cannot be read as a number, here or on the command line")


def test_the_hint_is_the_number_without_its_zeros_and_quotes_make_a_text() -> None:
    with pytest.raises(
        InputError, match="014 cannot be read as a number, here or on the command line: write 14, or put it in quotes"
    ):
        read_yaml(written("start: 014"))
    assert read_yaml(written("start: '014'")) == {"start": "014"}


def test_a_byte_order_mark_and_other_alphabets_are_read() -> None:
    assert read_yaml(written("\ufeffrückzug: é\n")) == {"rückzug": "é"}


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("# étoile\n".encode("latin-1"), "own.yaml, line 1: this is not UTF-8: save the file as text in UTF-8"),
        (b"a: 1\nb: \xff\xfe\x00\x9c", "own.yaml, line 2: this is not UTF-8"),
        ("a: b\x07c", "own.yaml is not YAML"),
        ("seed: 1\nseed: 2\n", "own.yaml, line 2: found duplicate key seed"),
        ("a: [1, 2\nb: 3\n", "own.yaml, line 2: "),
        ("a: !!python/name:os.system\n", "own.yaml, line 1: tag:yaml.org,2002:python/name:os.system is a tag"),
        ("a: !!int '014'\n", "own.yaml, line 1: tag:yaml.org,2002:int is a tag"),
        ("a: 1\n---\nb: 2\n", "own.yaml, line 2: "),
        (LAUGHS, "own.yaml holds more than 100,000 values with its aliases expanded"),
        ("a: &a [*a]\n", "own.yaml holds more than 100,000 values"),
        ("[" * 100_000, "own.yaml, line 1: nested more than 100 levels deep"),
    ],
    ids=["latin-1", "bytes", "control", "twice", "open", "python", "tag", "documents", "laughs", "itself", "deep"],
)
def test_what_cannot_be_read_is_one_line(content: str | bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_yaml(written(content))
    assert str(refused.value).startswith(said)


def test_a_file_that_is_not_there_is_one_line() -> None:
    with pytest.raises(InputError, match="none.yaml cannot be read"):
        read_yaml(Path("none.yaml"))


def test_aliases_and_merged_mappings_are_read_and_copies_are_ones_own() -> None:
    file = written("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: *a\n")
    first = read_yaml(file)
    assert first == {"a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": {"x": 1}}
    first["a"]["x"] = 5
    assert read_yaml(file)["a"] == {"x": 1}
    written("a: 2")
    assert read_yaml(file) == {"a": 2}
