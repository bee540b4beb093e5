"""The table, written by hand from the rules: YouTube | TikTok | Instagram | Facebook | LinkedIn.

The letters stand in the order of `corpus.PLACEMENTS`: F fits, C convertible, R refused; None: not readable.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.media.corpus import (
    AV1_CLIP,
    HEVC,
    MPEG2,
    MPEG4,
    VP8,
    VP9,
    L,
    P,
    called,
    case,
    kept,
    lasting,
    padded,
    picture,
    text,
)

LAST = replace(P, index_first=False)
VARIABLE = replace(P, seconds=4.0, frame_ticks=(33, 50, 20, 41))
SILENT = replace(P, audio_codec=None)
FINE = (("preset", "ultrafast"), ("crf", "12"))
"""Small pictures: LinkedIn wants at least 75,000 bytes."""

CONTAINERS_AND_CODECS = [
    case("h264 mp4", ".mp4", P, "FF FF FFF FF F"),
    case("h264 mov", ".mov", P, "FF FF FFF FF C"),
    case("h264 mkv", ".mkv", P, "CC CC CCC CC C"),
    case("h264 ts", ".ts", P, "FF CC CCC CC C"),
    case("h264 flv", ".flv", P, "FF CC CCC CC C"),
    case("h264 3gp", ".3gp", P, "FF CC CCC CC C"),
    case("h264 avi", ".avi", SILENT, "FF CC CCC CC C"),
    case("hevc mp4", ".mp4", HEVC, "FF FF FFF FF C"),
    case("hevc mov", ".mov", HEVC, "FF FF FFF FF C"),
    case("hevc mkv", ".mkv", HEVC, "CC CC CCC CC C"),
    case("vp9 webm", ".webm", VP9, "FF FF CCC CC C"),
    case("vp8 webm", ".webm", VP8, "FF FF CCC CC C"),
    case("vp9 mkv", ".mkv", VP9, "CC CC CCC CC C"),
    case("av1 mp4", ".mp4", AV1_CLIP, "FF CC CCC FF C"),
    case("av1 mkv", ".mkv", AV1_CLIP, "CC CC CCC CC C"),
    case("av1 webm", ".webm", replace(AV1_CLIP, audio_codec="libopus"), "FF CC CCC CC C"),
    case("mpeg4 mp4", ".mp4", MPEG4, "FF CC CCC CC C"),
    case("mpeg4 mov", ".mov", MPEG4, "FF CC CCC CC C"),
    case("mpeg4 3gp", ".3gp", replace(MPEG4), "FF CC CCC CC C"),
    case("mpeg4 avi", ".avi", replace(MPEG4, audio_codec=None), "FF CC CCC CC C"),
    case("mpeg4 mkv", ".mkv", MPEG4, "CC CC CCC CC C"),
    case("mpeg2 ts", ".ts", MPEG2, "FF CC CCC CC C"),
    case("mpeg2 mpg", ".mpg", MPEG2, "FF CC CCC CC C"),
    case("flv1 flv", ".flv", replace(MPEG4, video_codec="flv", audio_codec="libmp3lame"), "FF CC CCC CC C"),
    case("wmv2 wmv", ".wmv", replace(MPEG4, video_codec="wmv2", audio_codec=None), "FF CC CCC CC C"),
]
SOUND = [
    case("mp3 in mp4", ".mp4", replace(P, audio_codec="libmp3lame"), "FF FF CCC CF C"),
    case("ac3 in mp4", ".mp4", replace(P, audio_codec="ac3"), "FF FF CCC CC C"),
    case("opus in mp4", ".mp4", replace(P, audio_codec="libopus"), "FF FF CCC CC C"),
    case("opus in mkv", ".mkv", replace(P, audio_codec="libopus"), "CC CC CCC CC C"),
    case("silent mp4", ".mp4", SILENT, "FF FF FFF FF F"),
    case("silent mov", ".mov", SILENT, "FF FF FFF FF C"),
    case("silent mkv", ".mkv", SILENT, "CC CC CCC CC C"),
    case("silent webm", ".webm", replace(VP9, audio_codec=None), "FF FF CCC CC C"),
]
ROTATIONS = [
    case("turned 90 mp4", ".mp4", replace(L, rotation=90), "FF FF FFF FF F"),
    case("turned 90 mov", ".mov", replace(L, rotation=90), "FF FF FFF FF C"),
    case("turned 90 mkv", ".mkv", replace(L, rotation=90), "CC CC CCC CC C"),
    case("turned 180 mp4", ".mp4", replace(P, rotation=180), "FF FF FFF FF F"),
    case("turned 180 mov", ".mov", replace(P, rotation=180), "FF FF FFF FF C"),
    case("turned 180 mkv", ".mkv", replace(P, rotation=180), "CC CC CCC CC C"),
    case("turned 270 mp4", ".mp4", replace(L, rotation=270), "FF FF FFF FF F"),
    case("turned 270 mov", ".mov", replace(L, rotation=270), "FF FF FFF FF C"),
    case("turned 270 mkv", ".mkv", replace(L, rotation=270), "CC CC CCC CC C"),
    case("turned to landscape", ".mp4", replace(P, rotation=90), "FR FF FFF RF F"),
]
SIZES = [
    case("odd 541 x 961", ".webm", replace(VP9, width=541, height=961), "FF FF CCC CC C"),
    case("odd 607 x 1080", ".mp4", replace(MPEG4, width=607, height=1080), "FF CC CCC CC C"),
    case("nearly 9 to 16", ".mp4", replace(P, width=606, height=1080), "FF FF FFF FF F"),
    case("not quite 9 to 16", ".mp4", replace(P, width=600, height=1080), "FF FF FFF RF F"),
    case("square", ".mp4", replace(P, width=720, height=720), "FF FF FFF RF F"),
    case("two pixels wider than high", ".mp4", replace(P, width=722, height=720), "FR FF FFF RF F"),
    case("landscape 720p", ".mp4", replace(P, width=1280, height=720), "FR FF FFF RF F"),
    case("4 to 5", ".mp4", replace(P, width=720, height=900), "FF FF FFF RF F"),
    case("too small for TikTok", ".mp4", replace(P, width=358, height=640, video_options=FINE), "FF RR FFF RF F"),
    case("tiny", ".mp4", replace(P, width=128, height=72), "FR RR FFF RF R"),
    case("wide 4 to 1", ".mp4", replace(P, width=2048, height=512), "FR FF CCC RF F"),
    case("wider than TikTok takes", ".mp4", replace(P, width=4100, height=512), "FR CC CCC RF F"),
    case("a strip", ".mp4", replace(P, width=360, height=3700), "FF FF FRF RF F"),
    case("narrow pixels", ".mp4", replace(P, width=720, pixel_shape=Fraction(3, 4)), "FF FF FFF FF F"),
    case("wide pixels", ".mp4", replace(P, pixel_shape=Fraction(4, 1)), "FR FF CCC RF F"),
]
RATES = [
    case("15 fps", ".mp4", replace(P, fps=15), "FF CC CCC CF F"),
    case("23 fps", ".mp4", replace(P, fps=23), "FF FF FFF CF F"),
    case("60 fps", ".mp4", replace(P, fps=60), "FF FF FFF FF F"),
    case("120 fps", ".mp4", replace(P, fps=120), "FF CC CCC CC F"),
    case("variable mp4", ".mp4", VARIABLE, "FF FF FFF FF F"),
    case("variable mkv", ".mkv", VARIABLE, "CC CC CCC CC C"),
    case("variable and slow", ".mp4", replace(VARIABLE, frame_ticks=(100, 120, 80), audio_codec=None),
         "FF CC CCC CF F"),
    case("noisy 25 Mbit and more", ".mp4", replace(P, video_options=(("preset", "ultrafast"), ("qp", "10"))),
         "FF FF CCC FF F"),
]  # fmt: skip
LENGTHS = [
    case("half a second", ".mp4", replace(P, seconds=0.5), "FF FF RRR RR R"),
    case("two seconds", ".mp4", replace(P, seconds=2.0), "FF FF RRR RF R"),
    case("a minute and a bit", ".mp4", P, "FF FF FRF FF F", lasting(61)),
    case("more than 90 s", ".mp4", P, "FF FF FRF RF F", lasting(92)),
    case("more than 3 minutes", ".mp4", P, "FR FF FRF RF F", lasting(182)),
    case("more than 10 minutes", ".mp4", P, "FR RR FRF RF F", lasting(603)),
    case("more than 15 minutes", ".mp4", P, "FR RR RRR RF F", lasting(903)),
    case("100 MB", ".mp4", P, "FF FF CCC FF F", padded(100_000_001)),
    case("more than 4 GiB", ".mp4", P, "FF CC CCC FF C", padded(4 * 1024**3 + 1)),
]
INDEX_AND_NAMES = [
    case("index last mp4", ".mp4", LAST, "FF FF CCC FF F"),
    case("index last mov", ".mov", LAST, "FF FF CCC FF C"),
    case("mp4", ".mp4", P, "FF FF FFF FF F", called(".webm")),
    case("mp4 b", ".mp4", P, "FF FF FFF FF F", called(".txt")),
    case("mp4 c", ".mp4", P, "FF FF FFF FF F", called(".png")),
    case("mkv", ".mkv", P, "CC CC CCC CC C", called(".mp4")),
    case("webm", ".webm", VP9, "FF FF CCC CC C", called(".mp4")),
    case("ts", ".ts", P, "FF CC CCC CC C", called(".mp4")),
]
SPOILT = [
    case("cut mp4", ".mp4", P, None, kept(0.5)),
    case("cut mp4 index last", ".mp4", LAST, None, kept(0.9)),
    case("cut mov", ".mov", P, None, kept(0.7)),
    case("cut mkv", ".mkv", P, None, kept(0.6)),
    case("cut webm", ".webm", VP9, None, kept(0.6)),
    case("cut avi", ".avi", SILENT, None, kept(0.6)),
    case("cut ts", ".ts", P, "FF CC RRR RC R", kept(0.5)),
    case("sound alone", ".mp4", replace(P, video_codec=None), None),
    case("a single picture", ".mp4", replace(SILENT, seconds=1 / 24), None),
    case("a png", ".mp4", None, None, picture("png")),
    case("a jpeg", ".mov", None, None, picture("jpeg")),
    case("nothing", ".mp4", None, None, text(b"")),
    case("words", ".mp4", None, None, text(b"hello\n" * 900)),
]
CASES = [
    *CONTAINERS_AND_CODECS, *SOUND, *ROTATIONS, *SIZES, *RATES, *LENGTHS, *INDEX_AND_NAMES, *SPOILT,
]  # fmt: skip
