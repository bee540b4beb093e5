"""docs/fit.md says what the limits say, and its example is what the command prints."""

from __future__ import annotations

import importlib
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from include import platforms
from include.cli import validate
from include.media.clips import Clip, write_clip
from include.platforms.contract import PictureRule
from include.platforms.file_rules import FileRules
from include.releases.publication import Placement

PAGE = (Path(__file__).resolve().parents[2] / "docs/fit.md").read_text(encoding="utf-8")
RULES = [
    (name, placement, rules)
    for name in platforms.NAMES
    for placement in Placement
    if (rules := platforms.get(name).file_rules(placement)) is not None
]
PICTURES = [
    (name, placement, rule)
    for name in platforms.NAMES
    for placement in Placement
    if (rule := platforms.get(name).picture_rule(placement)) is not None
]
UNITS = ((1 << 30, "GiB"), (10**9, "GB"), (1 << 20, "MiB"), (10**6, "MB"), (1000, "kB"))
MANY = 6


def size(number: int) -> str:
    value, unit = next((number // step, unit) for step, unit in UNITS if number % step == 0)
    return f"{value} {unit}"


def length(seconds: float) -> str:
    for step, unit in ((3600, "h"), (60, "min")):
        if seconds % step == 0:
            return f"{seconds / step:g} {unit}"
    return f"{seconds:g} s"


def span(least: Any, most: Any, said: Any = str) -> str:
    if least is None and most is None:
        return "any"
    if least == most:
        return str(said(most))
    if least is None:
        return f"up to {said(most)}"
    return f"{said(least)} to {said(most)}" if most is not None else f"from {said(least)}"


def ratio(value: float) -> str:
    exact = Fraction(value).limit_denominator(100)
    return f"{exact.numerator}:{exact.denominator}"


def listed(names: tuple[str, ...] | None) -> str:
    if names is None:
        return "any"
    return ", ".join(names) if len(names) <= MANY else f"{', '.join(names[:5])} and {len(names) - 5} more"


def pixels(rules: FileRules) -> str:
    if rules.min_side or rules.max_side:
        return f"{rules.min_side} to {rules.max_side} each side"
    if rules.min_width or rules.min_height:
        return f"from {rules.min_width} × {rules.min_height}"
    return f"up to {rules.max_width} wide" if rules.max_width else "any"


def row(name: str, placement: Placement, rules: FileRules) -> str:
    sure = f" (surely {size(rules.sure_bytes)})" if rules.sure_bytes else ""
    more = [f"up to {rules.max_bits_per_second / 1e6:g} Mbit/s"] if rules.max_bits_per_second else []
    more += ["index first"] if rules.index_first else []
    more += [f"{', '.join(rules.pixel_formats)}"] if rules.pixel_formats else []
    if rules.max_audio_samples:
        more.append(f"sound up to {rules.max_audio_samples // 1000} kHz, {rules.max_audio_channels} channels")
    cells = [
        f"{name} `{placement}`",
        listed(rules.containers),
        listed(rules.video_codecs),
        listed(rules.audio_codecs),
        span(rules.min_seconds, rules.max_seconds, length),
        span(rules.min_aspect, rules.max_aspect, ratio),
        pixels(rules),
        span(rules.min_fps, rules.max_fps, lambda value: f"{value:g}"),
        span(rules.min_bytes, rules.max_bytes, size) + sure,
        ", ".join(more) or "–",
    ]
    return f"| {' | '.join(cells)} |"


def picture_row(name: str, placement: Placement, rule: PictureRule) -> str:
    kinds = " or ".join(kind.removeprefix("image/").upper() for kind in rule.content_types)
    return f"| {name} `{placement}` | {rule.width} × {rule.height} | {rule.max_bytes:,} | {kinds} |"


@pytest.mark.parametrize(("name", "placement", "rules"), RULES, ids=lambda value: str(value)[:9])
def test_the_table_says_what_the_limits_say(name: str, placement: Placement, rules: FileRules) -> None:
    assert row(name, placement, rules) in PAGE.splitlines()


@pytest.mark.parametrize(("name", "placement", "rule"), PICTURES, ids=lambda value: str(value)[:9])
def test_the_table_of_pictures_says_what_the_limits_say(name: str, placement: Placement, rule: PictureRule) -> None:
    assert picture_row(name, placement, rule) in PAGE.splitlines()


def test_nothing_else_is_in_the_tables() -> None:
    found = re.findall(rf"^\| ({'|'.join(platforms.NAMES)}) `", PAGE, re.MULTILINE)
    assert len(found) == len(RULES) + len(PICTURES)


def test_the_limits_of_texts_are_those_in_the_code() -> None:
    def limits(name: str) -> Any:
        return importlib.import_module(f"include.platforms.{name}.limits")

    youtube, instagram, facebook = limits("youtube"), limits("instagram"), limits("facebook")
    for line in (
        f"| YouTube | title {youtube.MAX_TITLE_CHARACTERS} characters, description {youtube.MAX_DESCRIPTION_BYTES:,} "
        f"bytes, tags {youtube.MAX_TAGS_CHARACTERS} characters in all |",
        f"| TikTok | caption {limits('tiktok').MAX_CAPTION_UNITS:,} UTF-16 units (an emoji is two) |",
        f"| Instagram | caption {instagram.MAX_CAPTION_CHARACTERS:,} characters, {instagram.MAX_HASHTAGS} hashtags, "
        f"{instagram.MAX_MENTIONS} mentions, {instagram.MAX_COLLABORATORS} collaborators |",
        f"| Facebook | title {facebook.MAX_TITLE_CHARACTERS} characters, description "
        f"{facebook.MAX_DESCRIPTION_CHARACTERS:,} characters |",
        f"| LinkedIn | commentary {limits('linkedin').MAX_COMMENTARY_UNITS:,} UTF-16 units, escapes counted |",
    ):
        assert line in PAGE.splitlines()


def test_the_example_is_what_the_command_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()
    app.command("validate")(validate.command)
    monkeypatch.chdir(tmp_path)
    write_clip(Path("beach.mov"), Clip(width=1920, height=1080, seconds=4, video_options=(("preset", "ultrafast"),)))
    examples = re.findall(r"\$ \./desk validate (.+)\n([^`]+?)(?=\n\$|\n```)", PAGE)
    assert len(examples) == 2
    for asked, shown in examples:
        found = CliRunner().invoke(app, asked.split(), env={"COLUMNS": "132", "NO_COLOR": "1"}).stdout
        printed, told = (
            [re.sub(r"[\d.]+ MB", "… MB", line.rstrip()) for line in text.splitlines() if line.strip()]
            for text in (found, shown)
        )
        assert told == printed


if __name__ == "__main__":  # what belongs into the page
    print("\n".join([*(row(*each) for each in RULES), "", *(picture_row(*each) for each in PICTURES)]))
