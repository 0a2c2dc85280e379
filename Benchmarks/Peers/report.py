"""Figures as lines of JSON and as a table."""

import json
import statistics


def spread(values):
    """Median, least and most, and all in order."""
    values = [round(value, 4 if value < 10 else 2) for value in values]
    return {"median": round(statistics.median(values), 4), "least": min(values), "most": max(values), "runs": values}


def read(path):
    """The latest line of each cell, in the order in which cells first came."""
    lines = {}
    with open(path, encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            lines[line["row"], line["cell"]] = line
    return list(lines.values())


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def figure(summary):
    text = f"{number(summary['median'])} ({number(summary['least'])}–{number(summary['most'])})"
    return f"{text}, {summary['peak_mb']:.0f} MB" if "peak_mb" in summary else text


def own(summary):
    """What one of our settings did, with the median and spread of its ratios to the best peer."""
    if not summary:
        return ["", ""]
    ratios = summary.get("ratios")
    return [figure(summary), f"{number(ratios['median'])} ({number(ratios['least'])}–{number(ratios['most'])})"
            if ratios else "–"]


def table(lines):
    """The cells as Markdown."""
    rows = ["| model | cell | ours | ratio | ours, rounding | ratio | best peer | others | foreign |",
            "|---|---|---|---|---|---|---|---|---|"]
    for line in lines:
        best = line.get("best")
        others = [f"{name} {number(summary['median'])}" for name, summary in line["peers"].items() if name != best]
        others += [f"{name} failed" for name in line.get("failed", {})]
        settings = line.get("settings", {})
        rounding = next((name for name in settings if name), None)
        rows.append("| " + " | ".join([
            line["row"], f"{line['cell']}, {line['unit']}",
            *own(settings.get("")), *own(settings.get(rounding)),
            f"{best} {figure(line['peers'][best])}" if best else "–",
            ", ".join(others) or "–",
            f"{line['foreign_share']:.2f}",
        ]) + " |")
    return "\n".join(rows)
