"""Curves on logarithmic axes as an SVG picture: for tests/bench/run --sweep."""
import math

PANEL_W, PANEL_H, GAP_X, GAP_Y, COLUMNS = 248, 210, 142, 92, 3
INK, FAINT, GRID = "#24292f", "#6e7781", "#e6e8eb"
LABEL_H = 15  # of a line of text under another


def ticks(low, high):
    """1, 2 and 5 in every decade, or the decades alone where that is much."""
    digits = (1, 2, 5) if high / low < 400 else (1,)
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for digit in digits:
            value = digit * 10.0 ** power
            if low <= value * 1.0001 and value <= high * 1.0001:
                yield value


def text(x, y, words, colour=INK, anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}"{more}>{words}</text>'


class Curve:
    """points: [(x, y)], x ascending."""

    def __init__(self, name, colour, points, dash=""):
        self.name, self.colour, self.points, self.dash = name, colour, points, dash


class Panel:
    """One pair of axes; x_marks: where to write numbers below it, or by themselves."""

    def __init__(self, title, x_title, curves, x_marks=None):
        self.title, self.x_title, self.x_marks = title, x_title, x_marks
        self.curves = [curve for curve in curves if curve.points]
        xs = [x for curve in self.curves for x, _ in curve.points]
        ys = [y for curve in self.curves for _, y in curve.points]
        self.x_range = (min(xs) / 1.15, max(xs) * 1.15)
        self.y_range = (min(ys) / 1.6, max(ys) * 1.6)

    def place(self, x, y):
        def share(value, limits):
            return math.log(value / limits[0]) / math.log(limits[1] / limits[0])
        return share(x, self.x_range) * PANEL_W, (1 - share(y, self.y_range)) * PANEL_H

    def axes(self):
        yield text(0, -14, self.title, more=' font-weight="600" font-size="13"')
        for value in self.x_marks or ticks(*self.x_range):
            x, _ = self.place(value, self.y_range[0])
            yield f'<path d="M{x:.1f} 0V{PANEL_H}" stroke="{GRID}"/>'
            yield text(x, PANEL_H + 17, f"{value:g}", FAINT, "middle")
        for value in ticks(*self.y_range):
            _, y = self.place(self.x_range[0], value)
            yield f'<path d="M0 {y:.1f}H{PANEL_W}" stroke="{GRID}"/>'
            yield text(-8, y + 4, f"{value:g}", FAINT, "end")
        yield f'<path d="M0 0V{PANEL_H}H{PANEL_W}" fill="none" stroke="{FAINT}"/>'
        yield text(PANEL_W / 2, PANEL_H + 37, self.x_title, FAINT, "middle")

    def label_places(self):
        """x, y, anchor: beside the last points of the curves, one clear of the other; above that of a
        curve that ends early."""
        places, low = {}, -LABEL_H
        right = max(curve.points[-1][0] for curve in self.curves)
        for curve in sorted(self.curves, key=lambda curve: -curve.points[-1][1]):
            x, y = self.place(*curve.points[-1])
            if curve.points[-1][0] < right:
                places[curve.name] = x, y - 10, "end"
                continue
            low = max(y + 4, low + LABEL_H)
            places[curve.name] = x + 8, low, "start"
        return places

    def svg(self, left, top):
        yield f'<g transform="translate({left},{top})">'
        yield from self.axes()
        places = self.label_places()
        for curve in self.curves:
            at = [self.place(x, y) for x, y in curve.points]
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
            yield (f'<path d="{path}" fill="none" stroke="{curve.colour}" stroke-width="2" '
                   f'stroke-linejoin="round"{curve.dash}/>')
            for (x, y), (x_value, y_value) in zip(at, curve.points):
                yield (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="white" stroke="{curve.colour}" '
                       f'stroke-width="1.6"><title>{curve.name}, {x_value:g}: {y_value:.3g}</title>'
                       '</circle>')
            x, y, anchor = places[curve.name]
            yield text(x, y, curve.name, curve.colour, anchor, ' font-weight="600"')
        yield "</g>"


def write_picture(path, panels, words):
    """words: lines of text for the place behind the last panel."""
    rows = -(-(len(panels) + bool(words)) // COLUMNS)
    width, height = COLUMNS * (PANEL_W + GAP_X) - 8, rows * (PANEL_H + GAP_Y) + 4
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
           f'height="{height}" font-family="Helvetica, Arial, sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" rx="8" fill="white"/>']
    for number, panel in enumerate(panels):
        out += panel.svg(48 + number % COLUMNS * (PANEL_W + GAP_X),
                         42 + number // COLUMNS * (PANEL_H + GAP_Y))
    left = 48 + len(panels) % COLUMNS * (PANEL_W + GAP_X)
    top = 42 + len(panels) // COLUMNS * (PANEL_H + GAP_Y)
    out += [text(left, top + 10 + 20 * number, line, FAINT) for number, line in enumerate(words)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["</svg>"]) + "\n")
