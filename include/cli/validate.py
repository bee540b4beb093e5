"""`./desk validate`: what a video file is, and which platforms take it, without an account and without the network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from include import platforms as known_platforms
from include.media.planning import Unfit, plan
from include.media.recipe import describe
from include.platforms.contract import Problem
from include.platforms.file_rules import Fit
from include.releases import video_facts
from include.releases.publication import Placement
from include.releases.video_facts import NotAVideo, VideoFacts

SHOWN = (
    "container",
    "video_codec",
    "audio_codec",
    "width",
    "height",
    "rotation",
    "display_width",
    "display_height",
    "fps",
    "variable_frame_rate",
    "duration_seconds",
    "size_bytes",
)
"""The facts `--json` prints, in the order of the contract."""
COLOURS = {"fits": "green", "convertible": "yellow", "refused": "red"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a platform says of a file in one placement: fits, convertible (we can mend it) or refused.

    `would` says how we would mend it, None otherwise.
    """

    verdict: str
    problems: Sequence[Problem]
    would: str | None = None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One file as every asked platform sees it; `problem` says why it cannot be read, then nothing else is known."""

    file: str
    facts: VideoFacts | None
    problem: str | None
    platforms: Mapping[str, Mapping[str, Verdict]] = field(default_factory=dict)

    @property
    def is_taken_everywhere(self) -> bool:
        """Say whether every asked platform takes the file in some placement, as it is or converted."""
        return self.facts is not None and all(
            any(answer.verdict != "refused" for answer in placements.values()) for placements in self.platforms.values()
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object `--json` prints for this file (CONTRACT.md, "Commands")."""
        facts = self.facts
        return {
            "file": self.file,
            "readable": facts is not None,
            "problem": self.problem,
            "video": {name: getattr(facts, name) for name in SHOWN} if facts else None,
            "platforms": {
                platform: {"placements": {name: _verdict_json(answer) for name, answer in placements.items()}}
                for platform, placements in self.platforms.items()
            },
        }


def command(
    videos: Annotated[list[Path], typer.Argument(help="Video files to check.", show_default=False)],
    platforms: Annotated[
        str | None, typer.Option("--platforms", help="Only these, separated by commas; all of them otherwise.")
    ] = None,
    fit: Annotated[
        str, typer.Option("--fit", help="A wrong aspect ratio: pad (add bars), crop (cut edges) or refuse.")
    ] = "refuse",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line, in the order asked.")] = False,
) -> None:
    """Check video files against every platform's rules; no account is needed.

    Ends with 0 when every asked platform takes every file, as it is or converted, with 1 when some do not, and with 2
    when the question is wrong.
    """
    names, how = _names(platforms), _fit(fit)
    missing = [str(video) for video in videos if not video.is_file()]
    if missing:
        raise typer.BadParameter(f"no such file: {', '.join(missing)}", param_hint="VIDEOS")
    taken = True
    for video in videos:
        checked = check(video, names, how)
        taken = taken and checked.is_taken_everywhere
        if as_json:
            print(json.dumps(checked.as_json()), flush=True)
        else:
            _show(checked)
    raise typer.Exit(0 if taken else 1)


def check(video: Path, names: Sequence[str], fit: Fit = "refuse") -> Checked:
    """Read one file and ask every platform of `names`; a file that cannot be read is an answer, not an error."""
    try:
        facts = video_facts.read(video)
    except NotAVideo as error:
        return Checked(file=str(video), facts=None, problem=error.problem, platforms={name: {} for name in names})
    except OSError as error:
        problem = f"The file cannot be opened: {error.strerror or error}."
        return Checked(file=str(video), facts=None, problem=problem, platforms={name: {} for name in names})
    answers = {name: _ask(name, facts, fit) for name in names}
    return Checked(file=str(video), facts=facts, problem=None, platforms=answers)


def verdict_of(problems: Sequence[Problem]) -> str:
    """Return refused, convertible or fits: the worst of what was found; warnings do not count."""
    fixes = {problem.fix for problem in problems}
    return "refused" if "refused" in fixes else "convertible" if "convertible" in fixes else "fits"


def _ask(name: str, facts: VideoFacts, fit: Fit) -> dict[str, Verdict]:
    answers = known_platforms.get(name).check_file(facts, fit)
    return {
        placement.value: Verdict(
            verdict=verdict_of(problems),
            problems=problems,
            would=_would(name, placement, facts, fit) if verdict_of(problems) == "convertible" else None,
        )
        for placement, problems in answers.items()
    }


def _would(name: str, placement: Placement, facts: VideoFacts, fit: Fit) -> str | None:
    """Return what a conversion would do."""
    rules = known_platforms.get(name).file_rules(placement)
    try:
        recipe = plan(facts, rules, fit) if rules else None
    except Unfit:  # a rule of the platform's own that its data does not hold
        return None
    return describe(recipe) if recipe else None


def _fit(asked: str) -> Fit:
    if asked not in get_args(Fit):
        raise typer.BadParameter(f"there are: {', '.join(get_args(Fit))}", param_hint="--fit")
    return cast("Fit", asked)


def _names(asked: str | None) -> list[str]:
    known = known_platforms.NAMES
    if asked is None:
        return list(known)
    names = list(dict.fromkeys(name.strip() for name in asked.split(",") if name.strip()))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        what = f"unknown: {', '.join(unknown)}" if unknown else "none was named"
        raise typer.BadParameter(f"{what}; known: {', '.join(known)}", param_hint="--platforms")
    return names


def _verdict_json(answer: Verdict) -> dict[str, Any]:
    problems = [
        {"rule": problem.rule, "found": problem.found, "allowed": problem.allowed, "message": problem.message}
        for problem in answer.problems
    ]
    return {"verdict": answer.verdict, "problems": problems}


def _show(checked: Checked) -> None:
    from rich.console import Console  # not for --json: it costs as much as reading a file
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    console.print(f"[bold]{escape(checked.file)}[/bold]", highlight=False)
    if checked.facts is None:
        console.print(f"  [red]not readable:[/red] {escape(checked.problem or '')}", highlight=False)
        return
    console.print(f"  {escape(_described(checked.facts))}", highlight=False)
    table = Table("platform", "placement", "verdict", "why", "what we would do", show_edge=False, pad_edge=True)
    for platform, placements in checked.platforms.items():
        for placement, answer in placements.items():
            why = "\n".join(problem.message for problem in answer.problems)
            colour = COLOURS[answer.verdict]
            verdict = f"[{colour}]{answer.verdict}[/{colour}]"
            table.add_row(platform, placement, verdict, escape(why), escape(answer.would or ""))
    console.print(table)


def _described(facts: VideoFacts) -> str:
    size = f"{facts.display_width} × {facts.display_height}"
    turned = f", turned by {facts.rotation}°" if facts.rotation else ""
    rate = f"{'about ' if facts.variable_frame_rate else ''}{facts.fps:g} fps"
    length = f"{facts.duration_seconds:.1f} s, {facts.size_bytes / 1_000_000:.1f} MB"
    codecs = f"{facts.video_codec} and {facts.audio_codec or 'no sound'}"
    return f"{facts.container}, {codecs}, {size}{turned}, {rate}, {length}"
