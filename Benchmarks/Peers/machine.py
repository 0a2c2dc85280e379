"""How busy the machine is, and with what."""

import os
import time

TICKS = os.sysconf("SC_CLK_TCK")


def busy_ticks():
    """Ticks that all processors computed, time stolen by a host included, and ticks in all."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, idle, wait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    busy = user + nice + system + irq + softirq + steal
    return busy, busy + idle + wait


def computed_ticks(root):
    """Ticks that process `root`, its descendants and its dead children computed."""
    parents, ticks = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended meanwhile
            parents[int(entry)] = int(fields[1])
            ticks[int(entry)] = sum(map(int, fields[11:15]))

    def descends(process):
        while process and process != root:
            process = parents.get(process)
        return process == root

    return sum(count for process, count in ticks.items() if descends(process))


class Use:
    """Watches who uses the processors."""

    def __init__(self):
        self.start = busy_ticks(), computed_ticks(os.getpid())

    def foreign_share(self):
        """The share of the processors that others than this program and its children used."""
        (busy, total), own = self.start
        now, computed = busy_ticks(), computed_ticks(os.getpid())
        foreign = (now[0] - busy) - (computed - own)
        return max(0.0, foreign / max(1, now[1] - total))


def wait_until_idle(limit, share=0.06, seconds=1.5):
    """Waits at most `limit` seconds until the machine is idle twice in a row; tells whether it is."""
    end = time.monotonic() + limit
    idle = 0
    while idle < 2 and time.monotonic() < end:
        before = busy_ticks()
        time.sleep(seconds)
        after = busy_ticks()
        used = (after[0] - before[0]) / max(1, after[1] - before[1])
        idle = idle + 1 if used < share else 0
    return idle == 2
