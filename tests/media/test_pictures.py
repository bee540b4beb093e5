"""Thumbnails: the size each placement shows, the part that matters, small enough, whatever the picture was."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from include import platforms
from include.media import pictures
from include.media.clips import Clip
from include.media.framing import best_part
from include.media.pictures import thumbnail_for
from include.platforms.contract import PictureRule
from include.publishing.fitting import cut_to_size
from include.releases.files import File
from include.releases.picture import Picture, PictureError, read_picture
from include.releases.publication import Placement
from include.releases.video import Video
from include.releases.video_facts import VideoFacts, read
from tests.media.making import QUICK, clip, halves

SHOWN = {
    (name, placement): rule
    for name in platforms.NAMES
    for placement in Placement
    if (rule := platforms.get(name).picture_rule(placement)) is not None
}
WIDE = PictureRule(width=320, height=180, max_bytes=1_000_000)
TALL = PictureRule(width=180, height=320, max_bytes=1_000_000)
RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 200, 40), (30, 60, 220), (128, 128, 128)


def written(image: Image.Image, kind: str = "png", **more: Any) -> Picture:
    file = io.BytesIO()
    image.save(file, format=kind, **more)
    return read_picture(file.getvalue(), max_bytes=1 << 26)


def quarters(width: int = 400, height: int = 200) -> Image.Image:
    """Red above green on the left, blue on the right: which way up and round it is shows."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (0, height // 2, width // 2, height))
    return image


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8))


def opened(picture: Picture | None) -> Image.Image:
    assert picture is not None
    image = Image.open(io.BytesIO(picture.content))
    assert (image.size, f"image/{image.format}".lower()) == ((picture.width, picture.height), picture.content_type)
    return image.convert("RGB")


def at(image: Image.Image, across: float, down: float) -> Any:
    """Return the colour around a point, given as shares of the sides."""
    x, y = int(across * image.width), int(down * image.height)
    return np.asarray(image.crop((x - 3, y - 3, x + 4, y + 4)), float).reshape(-1, 3).mean(axis=0)


def is_near(found: Any, colour: tuple[int, int, int], by: float = 25) -> bool:
    return bool(np.abs(np.asarray(found) - colour).max() <= by)


def made(picture: Picture, rule: PictureRule = WIDE, **more: Any) -> Image.Image:
    """Make a thumbnail of a picture; the video is never looked at."""
    return opened(thumbnail_for(picture, None, None, rule, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "placement"), SHOWN, ids=str)
def test_every_placement_gets_the_size_it_shows(name: str, placement: Placement) -> None:
    rule = SHOWN[name, placement]
    for image in (noise(900, 700), quarters(300, 800)):
        found = cut_to_size(name, placement, written(image), None, None, "refuse")  # type: ignore[arg-type]
        assert found is not None
        assert opened(found).size == (rule.width, rule.height)
        assert found.content_type in rule.content_types
        assert len(found.content) <= rule.max_bytes


def test_the_sizes_are_those_the_platforms_name() -> None:
    tall, wide = (1080, 1920), (1280, 720)
    expected = {
        ("youtube", "video"): wide, ("youtube", "short"): tall, ("tiktok", "video"): tall,
        ("instagram", "reel"): tall, ("instagram", "feed"): tall, ("facebook", "reel"): tall,
        ("facebook", "video"): wide, ("linkedin", "post"): (1920, 1080),
    }  # fmt: skip
    assert {(name, placement.value): (rule.width, rule.height) for (name, placement), rule in SHOWN.items()} == expected


@pytest.mark.parametrize(("name", "placement"), SHOWN, ids=str)
@pytest.mark.parametrize("share", [0.75, 1.0, 1.5])
def test_a_picture_that_fits_is_left_untouched(name: str, placement: Placement, share: float) -> None:
    rule = SHOWN[name, placement]
    fits = written(quarters(round(rule.width * share), round(rule.height * share)), "jpeg")
    assert cut_to_size(name, placement, fits, None, None, "refuse") is fits  # type: ignore[arg-type]


def test_a_placement_without_a_thumbnail_leaves_the_picture_alone() -> None:
    given = written(quarters())
    assert cut_to_size("instagram", Placement.STORY, given, None, None, "refuse") is given  # type: ignore[arg-type]


def test_a_picture_far_too_small_or_too_large_is_made_to_size() -> None:
    for size in ((96, 54), (1920, 1080)):
        assert made(written(quarters(*size))).size == (320, 180)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_crop_keeps_the_side_where_something_is_to_be_seen(side: str) -> None:
    image = Image.new("RGB", (1600, 900), GREY)
    x = 120 if side == "left" else 1080
    draw = ImageDraw.Draw(image)
    for row in range(12):
        draw.rectangle((x, 60 + row * 66, x + 400, 90 + row * 66), fill=RED if row % 2 else (250, 250, 250))
    left, top, right, bottom = best_part(image, 9 / 16)
    assert (top, bottom) == (0, 900)
    assert left <= x
    assert right >= x + 400
    assert np.asarray(made(written(image), TALL), float).std() > 40


def test_a_crop_of_a_tall_picture_keeps_the_part_above_where_the_face_is() -> None:
    image = Image.new("RGB", (900, 1600), (40, 60, 70))
    ImageDraw.Draw(image).ellipse((300, 150, 600, 500), fill=(224, 172, 140), outline=(90, 40, 30), width=12)
    left, top, right, bottom = best_part(image, 16 / 9)
    assert (left, right) == (0, 900)
    assert top <= 150
    assert bottom >= 500


def test_a_crop_of_an_even_picture_is_its_middle() -> None:
    assert best_part(Image.new("RGB", (1600, 900), GREY), 1.0) == (350, 0, 1250, 900)


def test_padding_keeps_the_whole_picture() -> None:
    image = made(written(quarters(400, 200)), TALL, how="pad")
    assert image.size == (180, 320)
    middle = image.crop((0, 115, 180, 205))  # 180 × 90 is what 400 × 200 becomes
    assert is_near(at(middle, 0.1, 0.2), RED)
    assert is_near(at(middle, 0.1, 0.8), GREEN)
    assert is_near(at(middle, 0.9, 0.5), BLUE)
    assert at(image, 0.9, 0.05).max() < 0.75 * max(BLUE)  # the background is darker than the picture


def test_a_size_limit_is_met_by_quality_first_and_by_pixels_last() -> None:
    given = written(noise(640, 360))
    sizes = []
    for limit in (200_000, 60_000, 25_000, 6_000):
        found = thumbnail_for(given, None, None, replace(WIDE, max_bytes=limit))  # type: ignore[arg-type]
        assert found is not None
        assert len(found.content) <= limit
        sizes.append(opened(found).size)
    assert sizes[:3] == [(320, 180)] * 3
    assert sizes[3][0] < 320
    assert abs(sizes[3][0] / sizes[3][1] / (16 / 9) - 1) < 0.02
    best = thumbnail_for(given, None, None, WIDE)  # type: ignore[arg-type]
    assert best is not None
    assert len(best.content) > 25_000  # no quality is given up that need not be


def test_a_picture_of_the_right_shape_that_is_too_large_in_bytes_is_made_smaller() -> None:
    given = written(noise(320, 180))
    found = thumbnail_for(given, None, None, replace(WIDE, max_bytes=len(given.content) - 1))  # type: ignore[arg-type]
    assert found is not None
    assert len(found.content) < len(given.content)


@pytest.mark.parametrize("tag", range(1, 9))
def test_a_picture_is_shown_as_the_camera_was_held(tag: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose, by the turn that takes it back
    stored = quarters(320, 180)
    if tag in undo:
        stored = stored.transpose(Image.Transpose(undo[tag]))
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = tag
    image = made(written(stored, "jpeg", exif=exif, quality=95))
    assert image.size == (320, 180)
    assert is_near(at(image, 0.2, 0.2), RED)
    assert is_near(at(image, 0.2, 0.8), GREEN)
    assert is_near(at(image, 0.8, 0.5), BLUE)


@pytest.mark.parametrize("exif", [b"garbage!", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02"])
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_broken_camera_tags_are_no_reason_to_stop(exif: bytes) -> None:
    for size in ((320, 180), (400, 200)):
        assert made(written(quarters(*size), exif=exif)).size == (320, 180)
        assert made(written(quarters(*size), "jpeg", exif=b"Exif\0\0" + exif)).size == (320, 180)


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (320, 180), (0, 0, 0, 0))
    clear.paste(RED, (0, 0, 160, 180))
    palette = Image.new("P", (320, 180), 0)
    for given in (written(clear), written(palette, transparency=0), written(Image.new("LA", (320, 180), (0, 0)))):
        assert is_near(at(made(given), 0.75, 0.5), (255, 255, 255), by=4)
    assert is_near(at(made(written(clear)), 0.2, 0.5), RED)


def test_print_colours_are_shown_as_a_screen_does() -> None:
    image = made(written(Image.new("CMYK", (320, 180), (0, 200, 200, 0)), "jpeg", quality=95))
    assert is_near(at(image, 0.5, 0.5), (255, 55, 55))


def test_a_grey_picture_of_16_bits_keeps_its_light() -> None:
    grey = Image.fromarray(np.full((180, 320), 0x8000, np.uint16))
    assert is_near(at(made(written(grey)), 0.5, 0.5), GREY, by=3)


def wide_colours() -> bytes:
    """Return a profile whose red and green are swapped, so that a translation cannot be missed."""
    srgb = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    spots = [srgb.index(tag, 128) for tag in (b"rXYZ", b"gXYZ")]
    srgb[spots[0] : spots[0] + 4], srgb[spots[1] : spots[1] + 4] = b"gXYZ", b"rXYZ"
    return bytes(srgb).replace(b"sRGB", b"mine").replace("sRGB".encode("utf-16-be"), "mine".encode("utf-16-be"))


@pytest.mark.parametrize("size", [(320, 180), (400, 200)])
def test_a_colour_profile_is_translated_to_srgb(size: tuple[int, int]) -> None:
    image = made(written(Image.new("RGB", size, (230, 20, 20)), icc_profile=wide_colours()))
    red, green, _ = at(image, 0.5, 0.5)
    assert green > red + 150


def test_srgb_said_in_words_is_nothing_to_change() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    given = written(quarters(320, 180), "jpeg", icc_profile=srgb)
    assert thumbnail_for(given, None, None, WIDE) is given  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", [b"junk" * 40, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()])
def test_a_profile_that_cannot_be_used_is_left_aside(profile: bytes) -> None:
    for kind, image in (("jpeg", quarters()), ("png", quarters().quantize(8))):
        assert is_near(at(made(written(image, kind, icc_profile=profile)), 0.2, 0.2), RED)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2)])
def test_strips_and_dots_are_pictures_too(size: tuple[int, int]) -> None:
    for how in ("crop", "pad"):
        assert made(written(Image.new("RGB", size, RED)), how=how).size == (320, 180)


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_corrupt_picture_is_a_sentence_before_anything_is_made_of_it(kind: str) -> None:
    content = written(noise(200, 100), kind).content
    with pytest.raises(PictureError, match="broken and cannot be shown") as caught:
        read_picture(content[: len(content) // 2], max_bytes=1 << 20)
    assert str(caught.value).endswith(".")


def filmed(folder: Path, **changes: Any) -> tuple[Video, VideoFacts]:
    path = clip(folder, **changes)
    return Video(File(name="a.mp4", path=str(path))), read(path)


def plain(shape: Clip, light: Any) -> Any:
    """Return pictures that are all of one light, told by their number."""
    grey = np.full((shape.height // 2, shape.width // 2), 128, np.uint8)
    return lambda number: (np.full((shape.height, shape.width), light(number), np.uint8), grey, grey)


SHAPE = Clip(width=180, height=320, seconds=4.0, fps=10, audio_codec=None, video_options=(*QUICK, ("g", "5")))


def test_without_a_picture_a_frame_is_taken_that_is_not_black(tmp_path: Path) -> None:
    black, seen = plain(SHAPE, lambda number: 16), halves(SHAPE)
    video, facts = filmed(
        tmp_path, shape=SHAPE, draw=lambda number: seen(number) if 15 <= number < 25 else black(number)
    )
    image = opened(thumbnail_for(None, video, facts, TALL))
    assert image.size == (180, 320)
    assert at(image, 0.25, 0.5).mean() > 180
    assert at(image, 0.75, 0.5).mean() < 60


@pytest.mark.parametrize("light", [16, 235, 120])
def test_a_video_that_shows_nothing_gives_no_frame(tmp_path: Path, light: int) -> None:
    video, facts = filmed(tmp_path, shape=SHAPE, draw=plain(SHAPE, lambda number: light))
    assert thumbnail_for(None, video, facts, TALL) is None


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_frame_is_upright_as_a_player_shows_it(tmp_path: Path, rotation: int) -> None:
    video, facts = filmed(tmp_path, shape=replace(SHAPE, seconds=1.0, rotation=rotation), draw=halves(SHAPE))
    image = opened(thumbnail_for(None, video, facts, TALL if rotation == 180 else WIDE))
    bright = {90: (0.5, 0.25), 180: (0.75, 0.5), 270: (0.5, 0.75)}[rotation]  # light was on the left
    dark = {90: (0.5, 0.75), 180: (0.25, 0.5), 270: (0.5, 0.25)}[rotation]
    assert at(image, *bright).mean() > at(image, *dark).mean() + 100


def test_a_frame_of_a_film_cut_off_in_the_middle_comes_from_what_is_left(tmp_path: Path) -> None:
    video, facts = filmed(tmp_path, shape=SHAPE, draw=halves(SHAPE))
    path = tmp_path / "clip.mp4"
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    left = Video(File(name="a.mp4", path=str(path)))
    assert opened(thumbnail_for(None, left, facts, TALL)).size == (180, 320)
    assert video.name == left.name


def test_a_strip_of_film_has_a_frame_too(tmp_path: Path) -> None:
    shape = replace(SHAPE, width=2048, height=16, seconds=1.0)
    video, facts = filmed(tmp_path, shape=shape, draw=halves(shape))
    assert opened(thumbnail_for(None, video, facts, WIDE)).size == (320, 180)
