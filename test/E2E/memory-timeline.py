"""Checks a picture of a memory plan against the module it shows.

    memory-timeline.py <picture.svg> <kernels.mlir>

In each chart no two rectangles overlap, all lie inside the paper, and the line
of live bytes is as high as the plan's lower bound says.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"
# Coordinates have two digits.
SLACK = 0.02


class Box:
    def __init__(self, rect):
        number = {key: float(rect.get(key))
                  for key in ("x", "y", "width", "height")}
        self.left, self.top = number["x"], number["y"]
        self.right = self.left + number["width"]
        self.bottom = self.top + number["height"]

    def contains(self, other):
        return (other.left >= self.left - SLACK
                and other.right <= self.right + SLACK
                and other.top >= self.top - SLACK
                and other.bottom <= self.bottom + SLACK)

    def overlaps(self, other):
        return (self.left < other.right - SLACK
                and other.left < self.right - SLACK
                and self.top < other.bottom - SLACK
                and other.top < self.bottom - SLACK)


def read_plan(path):
    """Of each function: (arena, number of buffers, lower bound)."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    plans = re.findall(r"\{arena_bytes = (\d+) : i64, buffers = (\d+) : i64, "
                       r"lower_bound = (\d+) : i64, name = \"(\w+)\"", text)
    total = re.search(r"eoq.memory_plan = \{arena_bytes = (\d+)", text)
    return {name: (int(arena), int(buffers), int(bound))
            for arena, buffers, bound, name in plans}, int(total[1])


def check_chart(name, paper, boxes, line, bound, arena):
    for index, box in enumerate(boxes):
        assert paper.contains(box), f"{name}: a buffer outside of the arena"
        for other in boxes[:index]:
            assert not box.overlaps(other), f"{name}: buffers overlap"
    top = min(float(point.split(",")[1]) for point in line.split())
    height = (paper.bottom - top) / (paper.bottom - paper.top) * arena
    assert abs(height - bound) <= arena * 1e-4, \
        f"{name}: line up to {height}, expected {bound}"


def main():
    plans, arena = read_plan(sys.argv[2])
    assert set(plans) == {"train_step", "evaluate", "predict"}, plans
    charts = []
    for element in ElementTree.parse(sys.argv[1]).getroot():
        if element.tag == SVG + "text" and element.text.startswith("@"):
            charts.append((element.text[1:].split(":")[0], []))
        elif charts and element.tag in (SVG + "rect", SVG + "polyline"):
            charts[-1][1].append(element)
    assert [name for name, _ in charts] == list(plans), charts
    for name, (paper, *shapes) in charts:
        _, buffers, bound = plans[name]
        *rects, line = shapes
        assert len(rects) == buffers, f"{name}: {len(rects)} of {buffers} buffers"
        assert all(rect.find(SVG + "title").text for rect in rects)
        check_chart(name, Box(paper), [Box(rect) for rect in rects],
                    line.get("points"), bound, arena)


main()
