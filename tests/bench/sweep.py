"""tests/bench/run --sweep: what the cost grows with, as a table and a picture, beside the peers."""
import os

from plot import Curve, Panel, write_picture

OURS, AFIR, ZITA, TWO_RANKS = "#0b62c4", "#c4571b", "#5a8f2a", "#7a3fb0"
PAN_MOST = 64  # channels that ffmpeg's pan takes
MASK_MOST = 24  # beyond it ffmpeg finds no layout for the channels of a response
WORDS = ("CPU seconds of whole processes, the least of", "{rounds} runs; wall seconds where it says so.",
         "", "zita is zita-convolver. ffmpeg has no layout for", "more than 24 channels; its pan takes 64 inputs.",
         "Nocturne's programmes also have their tail,", "are written, hashed, read again, measured.")


class Sweep:
    """bench: the module of tests/bench/run, for its inputs and its clock."""

    def __init__(self, bench, nocturne, tests, rounds):
        self.bench, self.nocturne, self.tests, self.rounds = bench, nocturne, tests, rounds
        self.panels = []

    def panel(self, title, x_title, curves, x_marks=None):
        for curve in curves:
            if curve.points:
                print(f"| {title}: {curve.name} | "
                      + ", ".join(f"{x:g}: {y:.3g}" for x, y in curve.points) + " |", flush=True)
        self.panels.append(Panel(title, x_title, curves, x_marks))

    def least(self, command):
        """CPU and wall seconds: what other work on the machine adds is never less than nothing."""
        runs = [self.bench.start(command) for _ in range(self.rounds)]
        return min(run.cpu_s for run in runs), min(run.wall_s for run in runs)

    def afir(self, channels, source="source.wav", *output):
        """One source through all channels of swept.wav."""
        copies = "".join(f"[c{channel}]" for channel in range(channels))
        graph = (f"[0:a]asplit={channels}{copies};{copies}join=inputs={channels}:channel_layout="
                 f"{(1 << channels) - 1:#x}[a];[a][1:a]afir=minp=32768:maxp=32768:gtype=none")
        return self.bench.ffmpeg([source, "swept.wav"], graph, *output)

    def convolvers(self, channels, frames):
        """CPU seconds of W1 by name, with that many channels of a response."""
        self.bench.write_impulse("swept.wav", 2, channels, frames)
        found = {"Nocturne": self.least([f"{self.tests}/bench_convolver", "source.wav", "swept.wav"])[0]}
        if channels <= MASK_MOST:
            found["ffmpeg afir"] = self.least(self.afir(channels))[0]
        if os.path.exists(f"{self.tests}/bench_zita"):
            found["zita"] = self.least([f"{self.tests}/bench_zita", "source.wav",
                                                  "swept.wav"])[0]
        os.remove("swept.wav")
        return found

    @staticmethod
    def curves(found):
        """found: [(x, {name: y})]"""
        colours = {"Nocturne": OURS, "ffmpeg afir": AFIR, "zita": ZITA}
        return [Curve(name, colour, [(x, ys[name]) for x, ys in found if name in ys])
                for name, colour in colours.items()]

    def impulses(self):
        lengths_s = (0.1, 0.2, 0.5, 1, 2, 5, 10)
        found = [(seconds, self.convolvers(12, round(seconds * self.bench.RATE_HZ)))
                 for seconds in lengths_s]
        self.panel("60 s into 12 channels, CPU s", "length of the response, s", self.curves(found),
                   lengths_s)

    def outputs(self):
        counts = (2, 4, 8, 12, 16, 24, 32, 64)
        found = [(channels, self.convolvers(channels, 2 * self.bench.RATE_HZ)) for channels in counts]
        self.panel("60 s through a response of 2 s, CPU s", "output channels", self.curves(found),
                   (2, 4, 8, 16, 32, 64))

    def render(self, job, ranks):
        return self.least(self.bench.Cold(self.bench.render_argv(self.nocturne, job, ranks)))

    def pan(self, count):
        """Three gains each, as a panner gives them."""
        bench = self.bench
        outputs = [[] for _ in range(bench.IMPULSE_CHANNELS)]
        for number in range(count):
            for step in range(3):
                outputs[(number + step) % bench.IMPULSE_CHANNELS].append(f"0.0{step + 3}*c{number}")
        gains = "|".join(f"c{channel}={'+'.join(terms) or '0*c0'}"
                         for channel, terms in enumerate(outputs))
        bench.write_noise("swept.wav", 6, count, 10 * bench.RATE_HZ)
        command = bench.ffmpeg(["swept.wav"], f"[0:a]aformat=sample_fmts=fltp,"
                               f"pan={bench.CHANNEL_MASK:#x}|{gains}", "-c:a", "pcm_f32le", "-y", "peer.wav")
        used_s, _ = self.least(command)
        os.remove("swept.wav")
        os.remove("peer.wav")
        return used_s

    def objects(self):
        counts = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
        ours = []
        self.bench.write_noise("short.wav", 6, 1, 10 * self.bench.RATE_HZ)
        for count in counts:
            self.bench.write_objects_job("swept.yaml", count, "short.wav", 10)
            ours.append((count, self.render("swept.yaml", 1)[0]))
        theirs = [(count, self.pan(count)) for count in counts if count <= PAN_MOST]
        self.panel("10 s of objects to a file in 7.1.4, CPU s", "objects",
                   [Curve("Nocturne", OURS, ours), Curve("ffmpeg pan", AFIR, theirs)],
                   (1, 4, 16, 64, 256))

    def lengths(self):
        bench, lengths_s = self.bench, (10, 30, 60, 180, 600)
        used, walls, theirs = [], {1: [], 2: []}, []
        bench.write_impulse("swept.wav", 2)
        bench.write_impulse("room.wav", 2, bench.IMPULSE_CHANNELS - 1, silent=bench.LFE)
        for seconds in lengths_s:
            bench.write_noise("long.wav", 1, 1, seconds * bench.RATE_HZ)
            bench.write_room_job("long.yaml", "long.wav", seconds)
            for ranks in (1, 2):
                used_s, wall_s = self.render("long.yaml", ranks)
                walls[ranks].append((seconds, wall_s))
                if ranks == 1:
                    used.append((seconds, used_s))
            theirs.append((seconds, self.least(self.afir(
                bench.IMPULSE_CHANNELS, "long.wav", "-c:a", "pcm_f32le", "-y", "peer.wav"))[0]))
        for name in ("long.wav", "room.wav", "swept.wav", "peer.wav"):
            os.remove(name)
        self.panel("one room of 4 s to a file in 7.1.4, CPU s", "programme, s",
                   [Curve("Nocturne", OURS, used), Curve("ffmpeg afir", AFIR, theirs)], lengths_s)
        self.panel("the same by Nocturne, wall s", "programme, s",
                   [Curve("one rank", OURS, walls[1]), Curve("two ranks", TWO_RANKS, walls[2])],
                   lengths_s)

    def run(self, picture):
        print("| what grows | cost |")
        print("|---|---|")
        for part in (self.impulses, self.outputs, self.objects, self.lengths):
            part()
        write_picture(picture, self.panels, [line.format(rounds=self.rounds) for line in WORDS])
        print(f"\nDrawn in {picture}.")
