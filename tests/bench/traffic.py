"""tests/bench/run --reel: a reel on one rank and two, and what its bytes do to a shared file system."""
import csv
import os
import statistics
import struct

import reel

HEADER_BYTES = 64  # of an object of the store (render/model/store_state.h)
STAGES = ("prepare", "room", "spatialize", "master", "encode", "inspect")


def stage_of(path):
    """Of an object: the first word of the text that its name is a hash of."""
    with open(path, "rb") as file:
        header = file.read(HEADER_BYTES)
        payload_bytes, = struct.unpack_from("<Q", header, 24)
        file.seek(HEADER_BYTES + payload_bytes)
        word = file.read(32).split()[0].decode()
    return word if word in STAGES else "room"


def files_below(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(place, name)


def written_bytes():
    """By stage: objects of the store, and the deliverables."""
    found = dict.fromkeys(STAGES, 0)
    for path in files_below("store/objects"):
        found[stage_of(path)] += os.path.getsize(path)
    found["encode"] += sum(os.path.getsize(path) for path in files_below("out/deliverables"))
    return found


def accounts():
    """By stage: core-seconds, and bytes by read and write calls."""
    found = {stage: [0.0, 0.0] for stage in STAGES}
    with open("out/logs/accounting.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            account = found.setdefault(row["stage"], [0.0, 0.0])
            account[0] += float(row["core_s"])
            account[1] += float(row["bytes"])
    return found


def traffic_bytes(written, moved):
    """What passes the edge of a process, by kind. A process maps what others made, and the system does
    not count that: it has to come across once at least."""
    read = {stage: max(moved[stage][1] - written[stage], 0) for stage in STAGES}
    return {"inputs read": read["prepare"],
            "responses and HRTF read": read["room"],
            "layers written": written["prepare"],
            "rooms written": written["room"],
            "layers and rooms read": max(read["spatialize"], written["prepare"] + written["room"]),
            "spans of buses written": written["spatialize"],
            "spans of buses read": max(read["master"] + read["encode"], written["spatialize"]),
            "loudness and gains written": written["master"] + written["inspect"],
            "deliverables written": written["encode"],
            "deliverables read back": read["inspect"]}


def measure_reel(bench, nocturne, rounds, minutes):
    """Rows of the table of goals; leaves its last run, which was one on two ranks."""
    job = reel.make("reel", minutes)
    runs = {1: [], 2: []}
    for _ in range(rounds):
        for ranks, some in runs.items():
            some.append(bench.Cold(bench.render_argv(nocturne, job, ranks)).run())
    one, two = ([run.wall_s for run in some] for some in runs.values())
    yield ("G8 ≥ 1.8", f"a reel of {minutes:g} minutes (40 layers, 3 rooms, 4 deliveries, "
           f"{statistics.median(bench.cpu(runs[1])):.0f} CPU s, {statistics.median(one):.0f} s on one rank), "
           "one rank to two, wall time", bench.shown_ratio(one, two))
    found, core_s = measure_traffic()
    ends = sum(found[name] for name in ("inputs read", "deliverables written", "deliverables read back"))
    yield ("≤ 8", f"its traffic, MB a core-second; {ends / 1e6 / core_s:.0f} of them read inputs, write the "
           "deliverables and read them back", f"**{sum(found.values()) / 1e6 / core_s:.0f}**")


def measure_traffic():
    moved = accounts()
    return traffic_bytes(written_bytes(), moved), sum(used_s for used_s, _ in moved.values())


def print_reel(bench, nocturne, rounds, minutes):
    print("| goal | of a reel | |")
    print("|---|---|---|")
    for row in measure_reel(bench, nocturne, rounds, minutes):
        print(f"| {' | '.join(row)} |", flush=True)
    found, core_s = measure_traffic()
    print(f"\n| traffic of {core_s:.0f} core-seconds | MB | MB a core-second | MB a second of programme |")
    print("|---|---|---|---|")
    for name, moved_bytes in (*found.items(), ("all", sum(found.values()))):
        print(f"| {name} | {moved_bytes / 1e6:.0f} | {moved_bytes / 1e6 / core_s:.1f} | "
              f"{moved_bytes / 1e6 / (60 * minutes):.2f} |")
