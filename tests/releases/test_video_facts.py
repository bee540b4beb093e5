"""What a file really is, on real files made by FFmpeg's encoders."""

from __future__ import annotations

import contextlib
import shutil
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from include.media.clips import Clip, cut, pad_to, write_clip
from include.releases.frame_times import is_variable
from include.releases.video_facts import NotAVideo, read

SMALL = Clip(width=128, height=72, seconds=1.0)


def facts_of(path: Path, clip: Clip):
    return read(write_clip(path, clip))


def test_a_vertical_clip_is_read_as_what_it_is(clip: Path) -> None:
    facts = read(clip)
    assert (facts.container, facts.video_codec, facts.audio_codec) == ("mp4", "h264", "aac")
    assert (facts.width, facts.height, facts.display_width, facts.display_height) == (360, 640, 360, 640)
    assert (facts.fps, facts.rotation, facts.variable_frame_rate) == (30.0, 0, False)
    assert facts.duration_seconds == pytest.approx(2.0, abs=0.05)
    assert (facts.pixel_format, facts.audio_sample_rate, facts.audio_channels) == ("yuv420p", 44_100, 2)
    assert facts.size_bytes == clip.stat().st_size
    assert facts.bit_rate == pytest.approx(facts.size_bytes * 8 / facts.duration_seconds, rel=0.01)
    assert facts.aspect_ratio == pytest.approx(9 / 16)
    assert facts.content_type == "video/mp4"


@pytest.mark.parametrize("name", ["clip.txt", "clip.webm", "clip.png", "no ending", "concat:x", "ünï.mov"])
def test_the_file_name_does_not_matter(clip: Path, tmp_path: Path, name: str) -> None:
    assert read(shutil.copy(clip, tmp_path / name)) == read(clip)


def test_an_open_file_is_read_as_its_path_is(clip: Path) -> None:
    with clip.open("rb") as file:
        assert read(file) == read(clip)
        assert not file.closed


@pytest.mark.parametrize(("rotation", "display"), [(0, (128, 72)), (90, (72, 128)), (180, (128, 72)), (270, (72, 128))])
@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".mov"])
def test_display_size_is_that_after_rotation(
    tmp_path: Path, rotation: int, display: tuple[int, int], ending: str
) -> None:
    facts = facts_of(tmp_path / f"turned{ending}", replace(SMALL, rotation=rotation))
    assert (facts.width, facts.height, facts.rotation) == (128, 72, rotation)
    assert (facts.display_width, facts.display_height) == display


def test_rotation_is_clockwise_as_phones_write_it(tmp_path: Path) -> None:
    content = bytearray(write_clip(tmp_path / "phone.mp4", SMALL).read_bytes())
    matrix = content.find(b"tkhd") + 44  # version, times, id, duration, layer, volume: ISO/IEC 14496-12, 8.3.2
    content[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 72 << 16, 0, 1 << 30)
    (tmp_path / "phone.mp4").write_bytes(content)
    assert read(tmp_path / "phone.mp4").rotation == 90


def test_a_rotate_tag_is_believed_when_there_is_no_matrix(tmp_path: Path) -> None:
    plain = write_clip(tmp_path / "plain.mkv", SMALL)
    with av.open(str(plain)) as source, av.open(str(tmp_path / "tagged.mkv"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.metadata["rotate"] = "90"
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    facts = read(tmp_path / "tagged.mkv")
    assert (facts.rotation, facts.display_width, facts.display_height) == (90, 72, 128)


def test_display_size_follows_the_pixel_shape(tmp_path: Path) -> None:
    facts = facts_of(tmp_path / "wide.mp4", replace(SMALL, width=144, height=108, pixel_shape=Fraction(4, 3)))
    assert (facts.width, facts.height, facts.display_width, facts.display_height) == (144, 108, 192, 108)


def test_pixel_shape_then_rotation(tmp_path: Path) -> None:
    shape = replace(SMALL, width=144, height=108, pixel_shape=Fraction(4, 3), rotation=90)
    facts = facts_of(tmp_path / "wide.mp4", shape)
    assert (facts.display_width, facts.display_height) == (108, 192)


def test_pixel_shape_is_found_in_the_pictures_when_the_container_is_silent(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "wide.mp4", replace(SMALL, width=144, height=108, pixel_shape=Fraction(4, 3)))
    content = path.read_bytes()
    assert b"pasp" in content
    path.write_bytes(content.replace(b"pasp", b"free"))
    assert read(path).display_width == 192


@pytest.mark.parametrize(
    ("ending", "video", "audio", "expected"),
    [
        (".webm", "libvpx-vp9", "libopus", ("webm", "vp9", "opus")),
        (".webm", "libvpx", "libopus", ("webm", "vp8", "opus")),
        (".mkv", "libx264", "aac", ("matroska", "h264", "aac")),
        (".mov", "libx264", "aac", ("mov", "h264", "aac")),
        (".mp4", "libx265", "aac", ("mp4", "hevc", "aac")),
        (".mp4", "libsvtav1", "aac", ("mp4", "av1", "aac")),
        (".3gp", "mpeg4", "aac", ("3gp", "mpeg4", "aac")),
        (".avi", "mpeg4", None, ("avi", "mpeg4", None)),
        (".avi", "libx264", None, ("avi", "h264", None)),
        (".ts", "libx264", "aac", ("mpegts", "h264", "aac")),
        (".flv", "libx264", "aac", ("flv", "h264", "aac")),
    ],
)
def test_containers_and_codecs_have_the_names_people_use(
    tmp_path: Path, ending: str, video: str, audio: str | None, expected: tuple[str, str, str | None]
) -> None:
    options = (("preset", "12"),) if video == "libsvtav1" else (("deadline", "realtime"),) if "vpx" in video else ()
    shape = replace(SMALL, video_codec=video, audio_codec=audio, video_options=options)
    facts = facts_of(tmp_path / f"clip{ending}", shape)
    assert (facts.container, facts.video_codec, facts.audio_codec) == expected
    assert (facts.width, facts.height, facts.display_width, facts.display_height) == (128, 72, 128, 72)
    assert facts.fps == pytest.approx(30, rel=0.02)
    assert facts.duration_seconds == pytest.approx(1.0, abs=0.1)
    assert not facts.variable_frame_rate
    assert facts.pixel_format == "yuv420p"
    assert facts.content_type.startswith("video/")


def test_a_silent_video_has_no_audio_codec(tmp_path: Path) -> None:
    facts = facts_of(tmp_path / "silent.mp4", replace(SMALL, audio_codec=None))
    assert (facts.audio_codec, facts.audio_sample_rate, facts.audio_channels) == (None, None, None)


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".webm"])
def test_a_variable_frame_rate_is_noticed(tmp_path: Path, ending: str) -> None:
    codec = "libvpx-vp9" if ending == ".webm" else "libx264"
    shape = replace(SMALL, video_codec=codec, video_options=(), audio_codec=None, frame_ticks=(33, 50, 20, 41))
    facts = facts_of(tmp_path / f"uneven{ending}", shape)
    assert facts.variable_frame_rate
    assert facts.fps == pytest.approx(1000 / 36, rel=0.03)


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".flv"])
def test_a_constant_frame_rate_is_not_called_variable(tmp_path: Path, fps: int, ending: str) -> None:
    """Ten seconds with B-frames: long enough that not all packets are looked at."""
    shape = replace(SMALL, width=64, height=64, seconds=10, fps=fps, audio_codec=None, video_options=())

    def fade(number: int):
        """Pictures so alike that the encoder stores them in another order than they are shown in."""
        return tuple(np.full((side, side), number % 200, np.uint8) for side in (64, 32, 32))

    facts = read(write_clip(tmp_path / f"even{ending}", shape, draw=fade))
    with av.open(str(tmp_path / f"even{ending}")) as container:
        times = [packet.pts for packet in container.demux(video=0) if packet.size]
    assert times != sorted(times)
    assert not facts.variable_frame_rate
    assert facts.fps == pytest.approx(fps, rel=0.01)


def test_a_rate_that_changes_in_the_middle_is_variable(tmp_path: Path) -> None:
    ticks = (33,) * 300 + (50,) * 300
    shape = replace(SMALL, width=64, height=64, seconds=20, audio_codec=None, frame_ticks=ticks)
    assert facts_of(tmp_path / "change.mp4", shape).variable_frame_rate


@given(st.integers(1, 240), st.sampled_from([600, 1000, 10_000, 12_800, 90_000]), st.integers(3, 300))
def test_rounding_to_ticks_is_not_a_variable_rate(fps: int, ticks_a_second: int, pictures: int) -> None:
    if ticks_a_second / fps >= 4:
        assert not is_variable([[round(number * ticks_a_second / fps) for number in range(pictures)]])


@given(st.integers(4, 3000), st.integers(3, 100), st.data())
def test_one_picture_shown_twice_as_long_is_a_variable_rate(gap: int, pictures: int, data: st.DataObject) -> None:
    late = data.draw(st.integers(1, pictures - 1))
    assert is_variable([[number * gap + (gap if number >= late else 0) for number in range(pictures)]])


def test_a_recording_without_a_duration_is_measured(tmp_path: Path) -> None:
    shape = replace(SMALL, seconds=3, video_codec="libvpx-vp9", audio_codec="libopus", video_options=())
    path = write_clip(tmp_path / "live.webm", shape)
    content = bytearray(path.read_bytes())
    duration = content.find(b"\x44\x89\x88")  # Duration, 8 bytes: RFC 9559, 5.1.2.10
    content[duration : duration + 11] = b"\xec\x89" + bytes(9)  # a Void element of the same length
    path.write_bytes(content)
    with av.open(str(path)) as container:
        assert container.duration is None
    facts = read(path)
    assert facts.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert facts.bit_rate > 0


def refusal(path: Path) -> str:
    with pytest.raises(NotAVideo) as caught:
        read(path)
    assert caught.value.problem.endswith(".")
    return caught.value.problem


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").touch()
    assert refusal(tmp_path / "x.mp4") == "The file is empty."


@pytest.mark.parametrize(
    ("kind", "name"),
    [("png", "PNG"), ("jpeg", "JPEG"), ("gif", "GIF"), ("webp", "WebP"), ("bmp", "BMP"), ("tiff", "TIFF")],
)
def test_a_picture_named_mp4_is_called_a_picture(tmp_path: Path, kind: str, name: str) -> None:
    Image.new("RGB", (64, 64), (9, 99, 200)).save(tmp_path / "x.mp4", format=kind)
    assert refusal(tmp_path / "x.mp4") == f"The file is a {name} picture, not a video."


def test_an_avif_picture_is_called_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (9, 99, 200)).save(tmp_path / "x.mp4", format="avif")
    assert "picture, not a video" in refusal(tmp_path / "x.mp4")


def test_text_and_noise_are_no_video(tmp_path: Path) -> None:
    for content in [b"hello\n" * 500, bytes(5000), bytes(range(256)) * 40, b"G" * 5000, b"\x1a\x45\xdf\xa3" * 20]:
        (tmp_path / "x.mp4").write_bytes(content)
        assert refusal(tmp_path / "x.mp4")


def test_a_playlist_does_not_make_us_open_other_files(clip: Path, tmp_path: Path) -> None:
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{clip}\n#EXT-X-ENDLIST\n"
    (tmp_path / "x.m3u8").write_text(playlist, encoding="utf-8")
    assert "not a video that can be read" in refusal(tmp_path / "x.m3u8")
    (tmp_path / "x.txt").write_text(f"ffconcat version 1.0\nfile {clip}\n", encoding="utf-8")
    assert "not a video that can be read" in refusal(tmp_path / "x.txt")


@pytest.mark.parametrize("ending", [".mp4", ".mp3", ".ogg", ".webm"])
def test_sound_alone_is_refused(tmp_path: Path, ending: str) -> None:
    codec = {".mp4": "aac", ".mp3": "libmp3lame", ".ogg": "libopus", ".webm": "libopus"}[ending]
    path = write_clip(tmp_path / f"sound{ending}", replace(SMALL, video_codec=None, audio_codec=codec))
    assert refusal(path) == "The file holds sound but no moving picture."


def test_sound_with_a_cover_picture_is_still_sound(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (9, 99, 200)).save(tmp_path / "cover.png")
    sound = write_clip(tmp_path / "sound.mp4", replace(SMALL, video_codec=None))
    with (
        av.open(str(sound)) as music,
        av.open(str(tmp_path / "cover.png")) as cover,
        av.open(str(tmp_path / "song.mp4"), "w") as song,
    ):
        streams = [song.add_stream_from_template(one.streams[0]) for one in (music, cover)]
        streams[1].disposition = av.stream.Disposition.attached_pic
        for source, stream in ((cover, streams[1]), (music, streams[0])):
            for packet in source.demux():
                if packet.size:
                    packet.stream = stream
                    song.mux(packet)
    assert refusal(tmp_path / "song.mp4") == "The file holds sound but no moving picture."


def test_a_video_of_zero_seconds_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "nothing.mp4", replace(SMALL, seconds=0, audio_codec=None))
    assert refusal(path) == "The file holds no video: it lasts 0 seconds."


def test_a_video_track_of_zero_seconds_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "nothing.mp4"), "w", options={"movflags": "empty_moov+default_base_moof"}) as target:
        stream = target.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 128, 72, "yuv420p"
        target.start_encoding()
    assert refusal(tmp_path / "nothing.mp4") == "The video lasts 0 seconds."


def test_a_fragmented_mp4_is_read_and_its_cut_noticed(tmp_path: Path, clip: Path) -> None:
    path = tmp_path / "fragments.mp4"
    fragmented = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(clip)) as source, av.open(str(path), "w", options=fragmented) as target:
        streams = {one.index: target.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    facts = read(path)
    assert (facts.fps, facts.variable_frame_rate, facts.audio_codec) == (pytest.approx(30, rel=0.02), False, "aac")
    assert facts.duration_seconds == pytest.approx(2.0, abs=0.1)
    cut(path, path.stat().st_size - 2000)
    assert "cut off" in refusal(path)


def test_a_video_without_pictures_is_refused_though_its_sound_lasts(clip: Path, tmp_path: Path) -> None:
    with av.open(str(clip)) as source, av.open(str(tmp_path / "half.mp4"), "w") as target:
        streams = {one.index: target.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux(audio=0):
            if packet.size:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    assert "picture" in refusal(tmp_path / "half.mp4") or "0 seconds" in refusal(tmp_path / "half.mp4")


def test_a_single_picture_is_no_moving_video(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "still.mp4", replace(SMALL, seconds=1 / 30, audio_codec=None))
    assert refusal(path) == "The file holds a single picture, not a moving video."


def test_a_tiny_video_of_two_tenths_of_a_second_is_a_video(tmp_path: Path) -> None:
    assert facts_of(tmp_path / "tiny.mp4", replace(SMALL, seconds=0.2)).duration_seconds == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("index_first", [True, False])
@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv", ".webm", ".avi"])
def test_a_truncated_file_is_called_cut_off(tmp_path: Path, ending: str, index_first: bool) -> None:
    codec = "libvpx-vp9" if ending == ".webm" else "libx264"
    sound = {".webm": "libopus", ".avi": None}.get(ending, "aac")
    shape = replace(SMALL, video_codec=codec, audio_codec=sound, video_options=(), index_first=index_first)
    path = write_clip(tmp_path / f"whole{ending}", shape)
    size = path.stat().st_size
    assert read(path)
    for kept in (size - 1, size * 9 // 10, size // 2):
        cut(path, kept)
        assert "cut off" in refusal(path)


def test_every_cut_of_a_file_is_refused(copy: Path) -> None:
    for size in range(copy.stat().st_size - 1, 0, -997):
        cut(copy, size)
        assert refusal(copy)


def test_an_index_that_points_beyond_the_end_is_called_cut_off(copy: Path) -> None:
    """The box lengths fit, but the data was lost: the last bytes of mdat were taken out and its length mended."""
    content = bytearray(copy.read_bytes())
    box = content.find(b"mdat") - 4
    length = int.from_bytes(content[box : box + 4])
    content[box : box + 4] = (length - 2000).to_bytes(4)
    copy.write_bytes(content[: box + length - 2000])
    assert "cut off: its index names" in refusal(copy)


def test_a_broken_stream_is_not_readable(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    data = content.find(b"mdat") + 4
    content[data:] = bytes(len(content) - data)
    copy.write_bytes(content)
    assert "No picture of the video can be decoded" in refusal(copy)


def test_an_unknown_codec_is_not_readable(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes().replace(b"avc1", b"zzzz").replace(b"avcC", b"zzzC"))
    assert refusal(copy)


def test_padding_after_the_last_box_does_no_harm(copy: Path) -> None:
    whole = read(copy)
    with copy.open("ab") as file:
        file.write(bytes(1000))
    assert replace(read(copy), size_bytes=0, bit_rate=0) == replace(whole, size_bytes=0, bit_rate=0)


@pytest.mark.parametrize("size", [1 << 30, 5 << 30])
def test_a_padded_file_of_gigabytes_is_read_at_once(copy: Path, size: int) -> None:
    whole = read(copy)
    facts = read(pad_to(copy, size))
    assert facts.size_bytes == size
    assert (facts.duration_seconds, facts.display_width) == (whole.duration_seconds, whole.display_width)


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nowhere.mp4")


def test_importing_the_module_does_not_import_pyav() -> None:
    import subprocess
    import sys

    code = "import sys, include.releases.export, include.releases.video_facts; print({'av', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["set()"]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_spoilt_byte_breaks_the_reader(clip: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(clip.read_bytes())
    for at in data.draw(st.lists(st.integers(0, 6000), min_size=1, max_size=20)):
        content[at] = data.draw(st.integers(0, 255))
    (tmp_path / "spoilt.mp4").write_bytes(content)
    with contextlib.suppress(NotAVideo):
        facts = read(tmp_path / "spoilt.mp4")
        assert min(facts.display_width, facts.display_height, facts.duration_seconds) > 0
