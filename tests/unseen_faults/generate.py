"""Writes the fault set: `python -m tests.unseen_faults.generate FOLDER --seed 1 --orders 2000 --evidence full`."""

import argparse
from pathlib import Path

from . import deliveries, invoices, lines, lines_odd, lines_presence, lines_values, receipts, stock
from .world import World

PROFILES = {
    "lines": (lines, (*lines_presence.FAULTS, *lines_values.FAULTS, *lines_odd.FAULTS)),
    "receipts": (receipts, receipts.FAULTS),
    "stock": (stock, stock.FAULTS),
    "invoices": (invoices, invoices.FAULTS),
    "deliveries": (deliveries, deliveries.FAULTS),
}


def generate(folder, *, seed, orders, evidence):
    """Files of all profiles below `folder`; returns the books by name."""
    world, books = World(seed), {}
    for name, (module, faults) in PROFILES.items():
        book = module.make(seed, orders, world)
        for fault in faults:
            fault(book, world)
        book.write(Path(folder) / name, module.PROFILE, evidence)
        books[name] = book
    return books


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=2000, help="clean records of each profile")
    parser.add_argument("--evidence", choices=("full", "minimum"), default="full")
    return parser


def main():
    parser = arguments(__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    books = generate(given.folder, seed=given.seed, orders=given.orders, evidence=given.evidence)
    for name, book in books.items():
        kinds = {truth["fault"] for truth in book.truths}
        print(f"{name}: {len(book.truths)} truths of {len(kinds)} kinds")


if __name__ == "__main__":
    main()
