"""W2 of tests/bench/run: many objects and a room in twelve channels, beside a graph of ffmpeg's."""
import array
import contextlib
import glob
import math
import os
import random

from goals import task_seconds

OBJECTS, SECONDS, SEND_DB = 64, 60, -20
COMPUTING = ("prepare", "room", "spatialize")
PARTITION = 32768
FILE_ORDER = (0, 1, 2, 3, 6, 7, 4, 5, 8, 9, 10, 11)  # WAVE has the rears of 7.1.4 before the sides


class Mix:
    """bench: the module of tests/bench/run, for its inputs and its clock."""

    def __init__(self, bench, nocturne, rounds):
        self.bench, self.nocturne, self.rounds = bench, nocturne, rounds
        self.apart_db = None

    def write_sources(self):
        """Object by object for us, all in one file for ffmpeg."""
        bench, noise = self.bench, random.Random(5)
        frames = SECONDS * bench.RATE_HZ
        with contextlib.ExitStack() as stack:
            whole = stack.enter_context(open("mix.wav", "wb"))
            whole.write(bench.wave_header(OBJECTS, 2, frames))
            files = [stack.enter_context(open(f"object-{number}.wav", "wb"))
                     for number in range(OBJECTS)]
            for file in files:
                file.write(bench.wave_header(1, 2, frames))
            for _ in range(SECONDS):
                words = array.array("h", noise.randbytes(2 * OBJECTS * bench.RATE_HZ))
                words.tofile(whole)
                for number, file in enumerate(files):
                    words[number::OBJECTS].tofile(file)

    def gains(self):
        """[object][channel], as Nocturne pans them, in the order of the file."""
        found = []
        for azimuth, elevation in self.bench.object_places(OBJECTS):
            said = self.bench.Run([self.nocturne, "pan", "7.1.4", f"az={azimuth:g}",
                                   f"el={elevation}", "--csv"]).said
            gains = [float(gain) for gain in said.splitlines()[1].split(",")[2:]]
            found.append([gains[channel] for channel in FILE_ORDER])
        return found

    def graph(self):
        """The same gains, the sum of the sends through the same room, both mixed."""
        bench = self.bench
        gain = 10 ** (bench.OBJECT_GAIN_DB / 20)
        gains = self.gains()
        dry = "|".join(f"c{channel}=" + ("+".join(
            f"{gain * one[channel]:.9f}*c{number}" for number, one in enumerate(gains)
            if one[channel]) or "0*c0") for channel in range(bench.IMPULSE_CHANNELS))
        send_gain = gain * 10 ** (SEND_DB / 20)
        send = "+".join(f"{send_gain:.9f}*c{number}" for number in range(OBJECTS))
        sounding = [channel for channel in range(bench.IMPULSE_CHANNELS) if channel != bench.LFE]
        copies = "".join(f"[c{channel}]" for channel in sounding)
        mask = f"{bench.CHANNEL_MASK:#x}"
        narrow = f"{bench.CHANNEL_MASK >> 1:#x}"
        # afir comes out twice as loud
        back = "|".join(f"c{FILE_ORDER.index(channel)}=0.5*c{place}"
                        for place, channel in enumerate(sounding))
        return (f"[0:a]aformat=sample_fmts=fltp,asplit[a][b];[a]pan={mask}|{dry}[dry];"
                f"[b]pan=mono|c0={send},asplit={len(sounding)}{copies};"
                f"{copies}join=inputs={len(sounding)}:channel_layout={narrow}[spread];"
                f"[spread][1:a]afir=minp={PARTITION}:maxp={PARTITION}:gtype=none,"
                f"pan={mask}|{back}[wet];[dry][wet]amix=inputs=2:normalize=0")

    def excerpt(self, name):
        """Two seconds of a file of floats, channel by channel, when the room has filled."""
        channels = self.bench.IMPULSE_CHANNELS
        with open(name, "rb") as file:
            begin = file.read(4096).index(b"data") + 8
            file.seek(begin + 4 * channels * 6 * self.bench.RATE_HZ)
            samples = array.array("f", file.read(4 * channels * 2 * self.bench.RATE_HZ))
        return [samples[channel::channels] for channel in range(channels)]

    def difference_db(self, ours, peer):
        """What is left when one is taken from the other, in the channel where it is most."""
        worst = 0.0
        for a, b in zip(self.excerpt(ours), self.excerpt(peer)):
            energy = sum(sample * sample for sample in b)
            left = sum((one - other) ** 2 for one, other in zip(a, b))
            worst = max(worst, left / energy if energy else left)
        return 10 * math.log10(worst)

    def rows(self):
        """Whole programs, each with its file (ours is hashed, read again and measured as well); and
        what makes the sound, the peer's thrown away."""
        bench = self.bench
        self.write_sources()
        bench.write_objects_job("w2.yaml", OBJECTS, "object-{}.wav", SECONDS,
                                f", send: {{hall: {SEND_DB} dB}}")
        ours = bench.Cold(bench.render_argv(self.nocturne, "w2.yaml"))
        inputs, graph = ["mix.wav", "room-peer.wav"], self.graph()
        filed = bench.ffmpeg(inputs, graph, "-c:a", "pcm_f32le", "-y", "mixed.wav")
        discarded = bench.ffmpeg(inputs, graph)
        whole, computing, to_file, to_nothing = [], [], [], []
        for _ in range(self.rounds):
            whole.append(ours.run())
            computing.append(task_seconds(COMPUTING))
            to_file.append(bench.Run(filed))
            to_nothing.append(bench.Run(discarded))
        self.apart_db = self.difference_db(glob.glob("out/deliverables/out/*.wav")[0], "mixed.wav")
        for name in (*glob.glob("object-*.wav"), "mix.wav", "mixed.wav"):
            os.remove(name)
        yield ("G4 ≥ 20", f"W2: {SECONDS} s of {OBJECTS} objects and a room in 12 channels, "
               "file to file", whole, "ffmpeg pan, afir, amix", to_file)
        yield ("", "W2, reading, panning, the room and the bus", computing,
               "the same, its output discarded", to_nothing)
