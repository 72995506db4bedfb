"""The long rows of tests/bench/run --sweep: what the cost grows with, as a table and a picture."""
import math
import os
import shutil
import statistics

PANEL_W, PANEL_H, MARGIN = 300, 220, 56
COLOURS = ("#1f5fa8", "#c4571b")


def ticks(low, high):
    """1, 2 and 5 in every decade."""
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for digit in (1, 2, 5):
            value = digit * 10.0 ** power
            if low <= value * 1.0001 and value <= high * 1.0001:
                yield value


class Panel:
    """One pair of logarithmic axes."""

    def __init__(self, title, x_title, curves):
        self.title, self.x_title, self.curves = title, x_title, curves
        xs = [x for curve in curves.values() for x, _ in curve]
        ys = [y for curve in curves.values() for _, y in curve]
        self.x_range = (min(xs) / 1.1, max(xs) * 1.1)
        self.y_range = (min(ys) / 1.5, max(ys) * 1.5)

    def place(self, x, y):
        def share(value, limits):
            return math.log(value / limits[0]) / math.log(limits[1] / limits[0])
        return share(x, self.x_range) * PANEL_W, (1 - share(y, self.y_range)) * PANEL_H

    def svg(self, left, top):
        out = [f'<g transform="translate({left},{top})">',
               f'<rect width="{PANEL_W}" height="{PANEL_H}" fill="none" stroke="#999"/>',
               f'<text x="{PANEL_W / 2}" y="-10" text-anchor="middle" font-weight="bold">'
               f'{self.title}</text>',
               f'<text x="{PANEL_W / 2}" y="{PANEL_H + 34}" text-anchor="middle">'
               f'{self.x_title}</text>']
        for value in ticks(*self.x_range):
            x, _ = self.place(value, self.y_range[0])
            out.append(f'<path d="M{x:.1f} 0V{PANEL_H}" stroke="#eee"/><text x="{x:.1f}" '
                       f'y="{PANEL_H + 16}" text-anchor="middle">{value:g}</text>')
        for value in ticks(*self.y_range):
            _, y = self.place(self.x_range[0], value)
            out.append(f'<path d="M0 {y:.1f}H{PANEL_W}" stroke="#eee"/><text x="-6" '
                       f'y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        for number, (name, curve) in enumerate(self.curves.items()):
            out += self.curve(name, curve, number)
        return out + ["</g>"]

    def curve(self, name, curve, number):
        places = [self.place(x, y) for x, y in curve]
        colour = COLOURS[number % len(COLOURS)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        yield f'<text x="8" y="{16 + 16 * number}" fill="{colour}">{name}</text>'


def write_picture(path, panels):
    columns = 3
    rows = -(-len(panels) // columns)
    width = columns * (PANEL_W + MARGIN + 20) + 20
    height = rows * (PANEL_H + 90) + 20
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for number, panel in enumerate(panels):
        left = MARGIN + number % columns * (PANEL_W + MARGIN + 20)
        out += panel.svg(left, 40 + number // columns * (PANEL_H + 90))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["</svg>"]) + "\n")


class Sweep:
    """bench: the module of tests/bench/run, for its inputs and its clock."""

    def __init__(self, bench, nocturne, tests, rounds):
        self.bench, self.nocturne, self.tests, self.rounds = bench, nocturne, tests, rounds
        self.panels = []

    def row(self, title, x_title, name, points):
        print(f"| {title} | " + ", ".join(f"{x:g}: {y:.3f}" for x, y in points) + " |",
              flush=True)
        self.panels.append(Panel(title, x_title, {name: points}))

    def engine_s(self, argv):
        return statistics.median(self.bench.Run(argv).values()["engine_s"]
                                 for _ in range(self.rounds))

    def impulses(self):
        points = []
        for seconds in (0.1, 0.2, 0.5, 1, 2, 5, 10):
            frames = int(seconds * self.bench.RATE_HZ)
            self.bench.write_impulse("swept.wav", 2, self.bench.IMPULSE_CHANNELS, frames)
            points.append((seconds, self.engine_s([f"{self.tests}/bench_convolver", "source.wav",
                                                   "swept.wav"])))
        self.row("60 s into 12 channels, CPU s", "length of the response, s", "engine", points)

    def outputs(self):
        points = []
        for channels in (2, 4, 8, 12, 16, 24, 32, 64):
            self.bench.write_impulse("swept.wav", 2, channels, self.bench.IMPULSE_SAMPLES // 2)
            points.append((channels, self.engine_s([f"{self.tests}/bench_convolver", "source.wav",
                                                    "swept.wav"])))
        self.row("60 s through 2 s, CPU s", "output channels", "engine", points)
        os.remove("swept.wav")

    def render(self, job, ranks):
        """Median of CPU and wall seconds of cold renders."""
        runs = []
        for _ in range(self.rounds):
            shutil.rmtree("store", ignore_errors=True)
            shutil.rmtree("out", ignore_errors=True)
            runs.append(self.bench.Run(self.bench.render_argv(self.nocturne, job, ranks)))
        return (statistics.median(run.cpu_s for run in runs),
                statistics.median(run.wall_s for run in runs))

    def objects(self):
        points = []
        for count in (1, 2, 8, 32, 128, 512):
            self.bench.write_objects_job("objects.yaml", count, "short.wav", 10)
            points.append((count, self.render("objects.yaml", 1)[0]))
        self.row("10 s of objects in 7.1.4, CPU s", "objects", "render, whole process", points)

    def lengths(self):
        cpu, walls = [], {1: [], 2: []}
        for seconds in (10, 30, 60, 180, 600):
            self.bench.write_noise("long.wav", 1, 1, seconds * self.bench.RATE_HZ)
            self.bench.write_room_job("long.yaml", "long.wav", seconds)
            for ranks in (1, 2):
                used_s, wall_s = self.render("long.yaml", ranks)
                walls[ranks].append((seconds, wall_s))
                if ranks == 1:
                    cpu.append((seconds, used_s))
        os.remove("long.wav")
        self.row("a room in 7.1.4, CPU s", "programme, s", "render, whole process", cpu)
        for ranks, points in walls.items():
            print(f"| wall s, `-j {ranks}` | " + ", ".join(f"{x:g}: {y:.2f}" for x, y in points)
                  + " |", flush=True)
        self.panels.append(Panel("a room in 7.1.4, wall s", "programme, s",
                                 {"-j 1": walls[1], "-j 2": walls[2]}))

    def run(self, picture):
        print("\n| what grows | cost |")
        print("|---|---|")
        for part in (self.impulses, self.outputs, self.objects, self.lengths):
            part()
        write_picture(picture, self.panels)
        print(f"\nDrawn in {picture}.")
