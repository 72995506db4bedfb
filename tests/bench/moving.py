"""tests/bench/run --moving: what motion costs, by the CPU time of the SPATIALIZE tasks."""
import json
import statistics

OBJECTS, SECONDS, STEP_S = 118, 30, 2
MOTIONS = {"at rest": "", "enhanced": "", "bs2127": ", motion: bs2127"}


def place(number, time_s):
    """All around at 18 to 29 degrees a second, up and down."""
    azimuth = (number * 137.5 + time_s * (18 + number % 12)) % 360 - 180
    return f"{{az: {azimuth:g} deg, el: {(number * 7 + time_s * 3) % 60} deg}}"


def layer(number, motion):
    points = ", ".join(f"[{time_s} s, {place(number, time_s)}]"
                       for time_s in range(0, SECONDS + 1, STEP_S))
    where = (f"pan: {place(number, 0)}" if motion == "at rest" else
             f"path: {{points: [{points}]}}")
    return (f"  o{number}: {{file: moving.wav, stem: fx, role: effect, gain: -30 dB, {where}}}\n")


def write_job(path, motion):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"""nocturne: 1
project: {{title: Bench, code: BENCH, cut: v1, rate: 48 kHz, frame_rate: 24, length: {SECONDS} s, tail: 0 s{MOTIONS[motion]}}}
stems:
  fx: {{role: effects}}
layers:
{"".join(layer(number, motion) for number in range(OBJECTS))}deliverables:
  out: {{layout: 22.2, bits: 32f, stems: [full]}}
""")


def spatialize_s(said):
    """Seconds of CPU in SPATIALIZE tasks, from the events of a render."""
    names, seconds = {}, 0.0
    for event in map(json.loads, said.splitlines()):
        if event.get("ev") == "task_start":
            names[event["task"]] = event["name"]
        elif event.get("ev") == "task_done" and names[event["task"]].startswith("spatialize"):
            seconds += event["cpu"]
    return seconds


def print_moving(bench, nocturne, rounds):
    bench.write_noise("moving.wav", 7, 1, SECONDS * bench.RATE_HZ)
    runs = {motion: [] for motion in MOTIONS}
    for motion in MOTIONS:
        write_job(f"{motion}.yaml", motion)
    for _ in range(rounds):
        for motion, some in runs.items():
            some.append(bench.Cold(bench.render_argv(nocturne, f"{motion}.yaml") + ["--json"]).run())
    print(f"| {OBJECTS} objects to 22.2, {SECONDS} s | SPATIALIZE CPU s | of real time | whole job CPU s |")
    print("|---|---|---|---|")
    for motion, some in runs.items():
        placing_s = statistics.median(spatialize_s(run.said) for run in some)
        print(f"| {motion} | {placing_s:.2f} | 1/{SECONDS / placing_s:.0f} | "
              f"{statistics.median(run.cpu_s for run in some):.2f} |")
