"""Figures of tests/bench/run that no other program is measured for: bound, pre-roll, ranks, memory."""
import json
import os
import shutil
import statistics

LONG_S = 600
RENDERING = ("prepare", "room", "spatialize", "encode")


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

    def convolver(self, *mode):
        argv = [f"{self.tests}/bench_convolver", "source.wav", "impulse.wav", *mode]
        return self.bench.Run(argv).values()["engine_s"]

    def bound(self):
        bench = self.bench
        argv = [f"{self.tests}/bench_bound", str(bench.IMPULSE_SAMPLES), str(bench.IMPULSE_CHANNELS),
                str((bench.SECONDS + 4) * bench.RATE_HZ)]
        pairs = [(self.convolver(), bench.Run(argv).values()) for _ in range(self.rounds)]
        engine = [a for a, _ in pairs]
        bound = [b["bound_s"] for _, b in pairs]
        transforms = statistics.median(b["transforms_s"] for _, b in pairs)
        print(f"G3, W1: the engine takes {bench.shown_ratio(engine, bound)} times its transforms and "
              f"products on their own ({1000 * transforms:.0f} + "
              f"{1000 * (statistics.median(bound) - transforms):.0f} of "
              f"{1000 * statistics.median(engine):.0f} ms).", flush=True)

    def pre_roll(self):
        pairs = [(self.convolver("anew"), self.convolver("kept")) for _ in range(self.rounds)]
        shares = [100 * (a / b - 1) for a, b in pairs]
        print(f"G9, W1 in spans of 10 s: what was before each of them takes "
              f"**{statistics.median(shares):.1f} %** ({min(shares):.1f} ... {max(shares):.1f}) of "
              f"the convolution.", flush=True)

    def cold(self, job, ranks):
        run = self.bench.Cold(self.bench.render_argv(self.nocturne, job, ranks)).run()
        return run, task_seconds(RENDERING)

    def whole(self):
        """Render, write, hash, read again and measure, beside the engine of the same material."""
        bench = self.bench
        pairs = [(self.cold("w1.yaml", 1), self.convolver()) for _ in range(self.rounds)]
        alone = [b for _, b in pairs]
        whole = [run.cpu_s for (run, _), _ in pairs]
        tasks = [used_s for (_, used_s), _ in pairs]
        print(f"G11, W1 as a job, cold: {bench.shown_s(tasks)} CPU s for render, 32-bit float WAV and "
              f"hash, {bench.shown_ratio(tasks, alone)} times the convolution alone "
              f"({bench.shown_s(alone)}); {bench.shown_s(whole)}, "
              f"{bench.shown_ratio(whole, alone)} times, with mastering, reading it again, measuring "
              f"it and the program's start.", flush=True)

    def ranks(self):
        """Wall time of one rank and two; the memory of one, of a minute and of ten."""
        bench = self.bench
        bench.write_noise("long.wav", 1, 1, LONG_S * bench.RATE_HZ)
        bench.write_room_job("long.yaml", "long.wav", LONG_S)
        pairs = [(self.cold("long.yaml", 1)[0], self.cold("long.yaml", 2)[0])
                 for _ in range(min(self.rounds, 2))]
        one, two = ([run.wall_s for run in side] for side in zip(*pairs))
        short = self.cold("w1.yaml", 1)[0].largest_mib
        print(f"G8, W1 of {LONG_S // 60} minutes as a job, one rank to two, wall time: "
              f"{bench.shown_ratio(one, two)}.")
        print(f"G10, W1 as a job, largest process: **{short:.0f} MiB** of a minute, "
              f"**{max(run.largest_mib for run, _ in pairs):.0f} MiB** of {LONG_S // 60} minutes; "
              f"on two ranks {max(run.largest_mib for _, run in pairs):.0f} MiB.", flush=True)
        os.remove("long.wav")

    def run(self):
        self.bench.write_room_job("w1.yaml", "source.wav", self.bench.SECONDS)
        for part in (self.bound, self.pre_roll, self.whole, self.ranks):
            part()
        for folder in ("out", "store"):
            shutil.rmtree(folder, ignore_errors=True)
