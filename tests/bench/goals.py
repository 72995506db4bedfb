"""Figures of tests/bench/run that no other program is measured for: bound, pre-roll, ranks, memory.

Each is a row for the second table: the goal, what it is, the figure.
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import time

LONG_S = 600
PRE_ROLL_PAIRS = 30
RENDERING = ("prepare", "room", "spatialize", "write", "encode")


def task_seconds(kinds):
    """CPU seconds of tasks of a run, by its journal."""
    total = 0.0
    with open("out/.nocturne/journal", encoding="utf-8") as journal:
        for line in journal:
            event = json.loads(line)
            if event.get("ev") == "task_done" and event["kind"] in kinds:
                total += event["cpu"]
    return total


class Goals:
    """bench: the module of tests/bench/run, for its inputs and its clock."""

    def __init__(self, bench, nocturne, tests, rounds):
        self.bench, self.nocturne, self.tests, self.rounds = bench, nocturne, tests, rounds

    def convolver_argv(self, source="source.wav", impulse="impulse.wav", *mode):
        return [f"{self.tests}/bench_convolver", source, impulse, *mode]

    def convolver(self, *mode):
        argv = self.convolver_argv("source.wav", "impulse.wav", *mode)
        return self.bench.Run(argv).values()["engine_s"]

    def machine(self):
        """What two cores give to two programs that have nothing in common: their wall time one after
        the other, and at once."""
        argv = self.convolver_argv("long.wav")
        alone, at_once = [], []
        for _ in range(min(self.rounds, 3)):
            alone.append(2 * self.bench.Run(argv).wall_s)
            begin = time.monotonic()
            both = [subprocess.Popen(argv, stdout=subprocess.DEVNULL) for _ in range(2)]
            for process in both:
                process.wait()
            at_once.append(time.monotonic() - begin)
        return alone, at_once

    def bound(self):
        bench = self.bench
        argv = [f"{self.tests}/bench_bound", str(bench.IMPULSE_SAMPLES), str(bench.IMPULSE_CHANNELS),
                str((bench.SECONDS + 4) * bench.RATE_HZ)]
        pairs = [(self.convolver(), bench.Run(argv).values()) for _ in range(self.rounds)]
        engine = [a for a, _ in pairs]
        bound = [b["bound_s"] for _, b in pairs]
        transforms = statistics.median(b["transforms_s"] for _, b in pairs)
        milliseconds = [round(1000 * statistics.median(values)) for values in (engine, bound)]
        yield ("G3 ≤ 1.5", f"W1, the engine: {milliseconds[0]} ms, times its transforms and products on "
               f"their own: {1000 * transforms:.0f} + {milliseconds[1] - 1000 * transforms:.0f} ms",
               bench.shown_ratio(engine, bound))

    def instructions(self, mode):
        """What convolver_write_on executes: the same at every run, whatever else the machine does."""
        argv = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                "--toggle-collect=convolver_write_on",
                *self.convolver_argv("source.wav", "impulse.wav", mode)]
        said = self.bench.Run(argv).complained
        return int(re.search(r"Collected : (\d+)", said).group(1))

    def least_s(self):
        pairs = [(self.convolver("anew"), self.convolver("kept")) for _ in range(PRE_ROLL_PAIRS)]
        return [min(side) for side in zip(*pairs)]

    def pre_roll(self):
        if shutil.which("valgrind"):
            anew, kept = (self.instructions(mode) for mode in ("anew", "kept"))
            unit = "instructions"
        else:
            anew, kept = self.least_s()
            unit = f"CPU time, the least of {PRE_ROLL_PAIRS} runs in turns"
        yield ("G9 ≤ 3 %", f"W1 in spans of 11 s: what was before each of them, in {unit}",
               f"**{100 * (anew / kept - 1):.1f} %**")

    def cold(self, job, ranks):
        run = self.bench.Cold(self.bench.render_argv(self.nocturne, job, ranks)).run()
        return run, task_seconds(RENDERING)

    def whole(self):
        """Render, write, hash, read again and measure, beside the engine of the same material."""
        bench = self.bench
        argv = self.convolver_argv("source.wav", "room-peer.wav")
        pairs = [(self.cold("w1.yaml", 1), bench.Run(argv).values()["engine_s"])
                 for _ in range(self.rounds)]
        alone = [b for _, b in pairs]
        whole = [run.cpu_s for (run, _), _ in pairs]
        tasks = [used_s for (_, used_s), _ in pairs]
        yield ("G11 ≤ 2.5", f"W1 as a job, cold: render, 32-bit float WAV and hash, {bench.shown_s(tasks)} CPU "
               f"s, times the convolution alone, {bench.shown_s(alone)}", bench.shown_ratio(tasks, alone))
        yield ("", f"the same with mastering, reading it again, measuring it and the program's start, "
               f"{bench.shown_s(whole)} CPU s", bench.shown_ratio(whole, alone))

    def ranks(self):
        """Wall time of one rank and two; the memory of one, of a minute and of ten."""
        bench = self.bench
        bench.write_noise("long.wav", 1, 1, LONG_S * bench.RATE_HZ)
        bench.write_room_job("long.yaml", "long.wav", LONG_S)
        pairs = [(self.cold("long.yaml", 1)[0], self.cold("long.yaml", 2)[0])
                 for _ in range(min(self.rounds, 2))]
        one, two = ([run.wall_s for run in side] for side in zip(*pairs))
        short = self.cold("w1.yaml", 1)[0].largest_mib
        yield ("", "what the machine gives: two convolvers at once, wall time of one after the other",
               bench.shown_ratio(*self.machine()))
        os.remove("long.wav")
        minutes = LONG_S // 60
        yield ("G8 ≥ 1.8", f"W1 of {minutes} minutes as a job, one rank to two, wall time",
               bench.shown_ratio(one, two))
        yield ("G10 ≤ 80", f"W1 as a job, largest process of a minute, of {minutes} minutes, of those on two "
               "ranks", f"**{short:.0f}**, **{max(run.largest_mib for run, _ in pairs):.0f}**, "
               f"{max(run.largest_mib for _, run in pairs):.0f} MiB")

    def rows(self):
        self.bench.write_room_job("w1.yaml", "source.wav", self.bench.SECONDS)
        for part in (self.bound, self.whole, self.pre_roll, self.ranks):
            yield from part()
        for folder in ("out", "store"):
            shutil.rmtree(folder, ignore_errors=True)
