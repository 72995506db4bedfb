#!/usr/bin/env python3
"""A job like a reel of a film: forty layers in three stems, three rooms, four deliveries.

    tests/bench/reel.py FOLDER [--minutes 10]

Makes FOLDER/reel.yaml and the sounds it names, 24 bits, always the same bytes: 220 MB a minute.
Dialogue and effects come and go, as clips or inside of files as long as the reel; music plays in
two cues; the places change. Shorter reels have the same lines, cues and effects, only less of each.
"""
import argparse
import array
import math
import os
import random
import struct

RATE_HZ = 48000
STEP = RATE_HZ // 4  # sounds begin on quarters of a second
LOOP_STEPS = 24
FULL_SCALE = 2 ** 23
LEVEL = 0.05 * FULL_SCALE  # RMS of what sounds: -26 dBFS
COLOURS = {"voice": 0.25, "dark": 0.04, "middle": 0.15, "bright": 0.7}


def coloured(name, seed):
    """Low-passed noise that goes round without a seam; the lowest frequencies are gone, too."""
    count = LOOP_STEPS * STEP
    words = array.array("h", random.Random(seed).randbytes(2 * count))
    share, low, slow, out = COLOURS[name], 0.0, 0.0, []
    for turn in range(2):
        for word in words:
            low += share * (word - low)
            slow += 0.004 * (low - slow)
            if turn:
                out.append(low - slow)
    gain = LEVEL / math.sqrt(sum(sample * sample for sample in out) / count)
    return [gain * sample for sample in out]


def packed(samples):
    """24 bits, little-endian."""
    words = array.array("i", [round(256 * max(-FULL_SCALE, min(sample, FULL_SCALE - 1)))
                              for sample in samples]).tobytes()
    out = bytearray(3 * len(samples))
    for byte in range(3):
        out[byte::3] = words[byte + 1::4]
    return bytes(out)


class Sounds:
    """steady[colour]: a loop; phrases[colour]: what swells, breathes and dies away in it."""

    def __init__(self):
        self.steady, self.phrases = {}, {}
        for seed, name in enumerate(COLOURS):
            loop = coloured(name, seed)
            self.steady[name] = packed(loop)
            self.phrases[name] = [packed(self.phrase(loop, steps)) for steps in (4, 7, 12)]

    @staticmethod
    def phrase(loop, steps):
        count, fade = steps * STEP, STEP // 2
        syllable = 2 * math.pi * (3 * steps // 4) / count
        return [loop[at] * min(1, at / fade, (count - 1 - at) / fade) *
                (0.75 - 0.45 * math.cos(syllable * at)) for at in range(count)]


def interleaved(planes):
    channels = len(planes)
    out = bytearray(channels * len(planes[0]))
    for channel, plane in enumerate(planes):
        for byte in range(3):
            out[3 * channel + byte::3 * channels] = plane[byte::3]
    return bytes(out)


def turned(plane, channel, channels):
    """Another channel of the same sound: the same loop from another place on."""
    at = 3 * STEP * (channel * LOOP_STEPS // channels)
    return plane[at:] + plane[:at]


def wave_header(channels, data_bytes):
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + data_bytes, b"WAVE", b"fmt ", 16, 1,
                       channels, RATE_HZ, RATE_HZ * 3 * channels, 3 * channels, 24, b"data",
                       data_bytes)


class Reel:
    """Files and layers of the job, made one by one; times are seconds of a reel of ten minutes."""

    def __init__(self, folder, minutes):
        self.folder, self.share = folder, minutes / 10
        self.sounds, self.layers, self.made = Sounds(), [], {}
        os.makedirs(os.path.join(folder, "media"), exist_ok=True)

    def seconds(self, time_s):
        """A time of this reel, on a quarter of a second."""
        return max(round(4 * time_s * self.share), 8) / 4

    def loop(self, colour, channels):
        key = (colour, channels)
        if key not in self.made:
            plane = self.sounds.steady[colour]
            self.made[key] = interleaved([turned(plane, channel, channels)
                                          for channel in range(channels)])
        return self.made[key]

    def write(self, name, channels, length_s, portions):
        path = os.path.join(self.folder, "media", f"{name}.wav")
        frame_bytes = 3 * channels
        left = round(length_s * RATE_HZ) * frame_bytes
        with open(path, "wb") as file:
            file.write(wave_header(channels, left))
            for portion in portions:
                file.write(portion[:left])
                left -= min(left, len(portion))
                if not left:
                    return

    def bed(self, name, channels, colour, length_s):
        """Sounds from its beginning to its end."""
        loop = self.loop(colour, channels)
        self.write(name, channels, length_s, iter(lambda: loop, None))

    def phrases(self, name, channels, colour, length_s, sounding):
        """Phrases with silences between them; sounding: their share of the time."""
        chance = random.Random(name)
        silence = bytes(3 * channels * STEP)

        def portions():
            while True:
                plane = chance.choice(self.sounds.phrases[colour])
                yield interleaved([plane] * channels) if channels > 1 else plane
                steps = len(plane) // (3 * STEP)
                for _ in range(round(steps * (1 / sounding - 1) * 2 * chance.random())):
                    yield silence
        self.write(name, channels, length_s, portions())

    def layer(self, name, stem, role, gain_db, keys):
        self.layers.append(f"  {name}: {{file: media/{name}.wav, stem: {stem}, role: {role}, "
                           f"gain: {gain_db} dB, {', '.join(keys)}}}\n")

    def at(self, time_s):
        return f"at: {self.seconds(time_s):g} s"

    def dialogue(self):
        """Four voices all along the reel, two lines spoken anew, a crowd."""
        for number in range(4):
            name = f"voice_{number}"
            self.phrases(name, 1, "voice", self.seconds(600), 0.2)
            self.layer(name, "dx", "dialogue", -3, [f"pan: {{az: {4 * number - 6} deg}}",
                                                    "hpf: 80 Hz", "send: {street: -22 dB}"])
        for number, time_s in enumerate((70, 390)):
            name = f"adr_{number}"
            self.phrases(name, 1, "voice", self.seconds(120), 0.3)
            self.layer(name, "dx", "dialogue", -4, [self.at(time_s), "send: {stage: -20 dB}"])
        self.bed("crowd", 2, "voice", self.seconds(90))
        self.layer("crowd", "dx", "dialogue", -18, [self.at(330), "fade_in: 1 s", "fade_out: 1 s",
                                                    "width: 140 %", "send: {stage: -16 dB}"])

    def music(self):
        """Two cues: a bed in 5.1, sections in stereo, a soloist each."""
        for cue, (time_s, length_s) in enumerate(((20, 180), (310, 230))):
            length_s = self.seconds(length_s)
            where = self.at(time_s)
            self.bed(f"strings_{cue}", 6, "middle", length_s)
            self.layer(f"strings_{cue}", "mx", "bed", -12,
                       ["layout: 5.1", where, "fade_in: 1 s", "fade_out: 1500 ms",
                        "send: {stage: -18 dB}"])
            for section, colour, sounding, azimuth in (("brass", "middle", 0.4, -30),
                                                       ("winds", "bright", 0.5, 35),
                                                       ("drums", "dark", 0.7, 10)):
                name = f"{section}_{cue}"
                self.phrases(name, 2, colour, length_s, sounding)
                self.layer(name, "mx", "rhythm" if section == "drums" else "counter", -12,
                           [where, f"pan: {{az: {azimuth} deg, el: 10 deg, zones: no-centre}}",
                            "send: {stage: -12 dB, plate: -24 dB}"])
            self.phrases(f"solo_{cue}", 1, "bright", length_s, 0.6)
            self.layer(f"solo_{cue}", "mx", "solo", -10,
                       [where, "pan: {az: 18 deg, el: 5 deg, dist: 2 m}",
                        "send: {stage: -10 dB, plate: -14 dB}"])

    def ambiences(self):
        """Two places in 5.1, four in stereo, each as long as its scenes."""
        for number, time_s in enumerate((0, 300)):
            self.bed(f"place_{number}", 6, "dark", self.seconds(300))
            self.layer(f"place_{number}", "fx", "effect", -20,
                       ["layout: 5.1", self.at(time_s), "fade_in: 1 s", "fade_out: 1 s"])
        for number, (time_s, length_s) in enumerate(((0, 400), (150, 250), (280, 300), (420, 180))):
            self.bed(f"air_{number}", 2, "dark", self.seconds(length_s))
            self.layer(f"air_{number}", "fx", "effect", -22,
                       [self.at(time_s), f"pan: {{az: 180 deg, el: {10 * number} deg}}",
                        "width: 150 %", "fade_in: 500 ms", "fade_out: 500 ms"])

    def effects(self):
        """Twelve that stand, four that pass by, one in stereo."""
        for number in range(12):
            name, colour = f"effect_{number}", ("bright", "dark", "middle")[number % 3]
            self.phrases(name, 1, colour, self.seconds(75), 0.35)
            self.layer(name, "fx", "effect", -8,
                       [self.at(15 + 46 * number),
                        f"pan: {{az: {number * 137.5 % 360 - 180:g} deg, el: {number * 9 % 50} deg}}",
                        f"send: {{{'street' if number % 2 else 'stage'}: -14 dB}}"])
        for number in range(4):
            name, begin_s = f"passing_{number}", self.seconds(80 + 120 * number)
            length_s = self.seconds(25)
            self.bed(name, 1, "middle", length_s)
            turn = -1 if number % 2 else 1
            places = [(begin_s + length_s * part / 4,
                       f"{{az: {turn * (40 * part - 80)} deg, el: {10 * part * (4 - part)} deg, "
                       f"dist: {2 + 3 * abs(part - 2)} m}}") for part in range(5)]
            points = ", ".join(f"[{time_s:g} s, {place}]" for time_s, place in places)
            self.layer(name, "fx", "effect", -10,
                       [f"at: {begin_s:g} s", "fade_in: 500 ms", "fade_out: 500 ms",
                        f"path: {{points: [{points}], curve: spline}}", "send: {street: -10 dB}"])
        self.phrases("doors", 2, "bright", self.seconds(200), 0.1)
        self.layer("doors", "fx", "effect", -10, [self.at(200), "send: {street: -12 dB}"])

    def room(self, name, channels, length_s):
        """Noise that has fallen by 60 dB at its end."""
        chance = random.Random(name)
        count = round(length_s * RATE_HZ)
        planes = [packed([(chance.random() - 0.5) * 0.5 * FULL_SCALE * 10 ** (-3 * at / count)
                          for at in range(count)]) for _ in range(channels)]
        self.write(name, channels, length_s, [interleaved(planes)])

    def write_job(self):
        with open(os.path.join(self.folder, "reel.yaml"), "w", encoding="utf-8") as file:
            file.write(f"""nocturne: 1
project: {{title: Reel, code: REEL, reel: R1, cut: v1, rate: 48 kHz, frame_rate: 24, start: 01:00:00:00, length: {self.seconds(600):g} s, tail: 2 s}}
stems:
  dx: {{role: dialogue}}
  mx: {{role: music}}
  fx: {{role: effects}}
rooms:
  stage: {{ir: media/stage.wav, layout: 7.1.4}}
  plate: {{ir: media/plate.wav}}
  street: {{shoebox: {{size: [14 m, 40 m, 9 m], t60: 1.4 s, t60_hf: 700 ms}}, predelay: 12 ms}}
layers:
{"".join(self.layers)}deliverables:
  theatrical: {{layout: 5.1, bits: 24, stems: [full, dx, mx, fx, me], split: mono, name: $code_$cut_$deliverable_$stem_$channel}}
  streaming: {{layout: 2.0, bits: 24, stems: [full, me], loudness: {{target: -24 LKFS, tolerance: 1 LU, peak: -2 dBTP, scope: job}}}}
  immersive: {{layout: 7.1.4, bits: 24, stems: [full, dx, mx, fx]}}
  headphones: {{layout: binaural, bits: 24}}
""")


def make(folder, minutes):
    """Gives the path of the job."""
    reel = Reel(folder, minutes)
    for part in (reel.dialogue, reel.music, reel.ambiences, reel.effects):
        part()
    reel.room("stage", 12, 2.5)
    reel.room("plate", 2, 1.8)
    reel.write_job()
    return os.path.join(folder, "reel.yaml")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder")
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    print(make(options.folder, options.minutes))


if __name__ == "__main__":
    main()
