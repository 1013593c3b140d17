#!/usr/bin/python3
"""Runs the conformance cases against a broker that exchanges weerbaarheid/v1/wire/to/N and node/N between clients.

usage: conformance.py PORT [CASE ...]      prints "ok|no<TAB>case<TAB>what went wrong" for each case
       conformance.py --list               prints "case<TAB>meaning<TAB>client"
"""
import sys
from concurrent.futures import ThreadPoolExecutor

import suite
import version3  # noqa: F401 (registers its cases)
import version5  # noqa: F401


def attempt(one):
    try:
        one["run"](suite.Topics(one["site"]))
        return one["id"], None
    except Exception as problem:  # a case that breaks has not passed
        return one["id"], f"{type(problem).__name__}: {problem}".replace("\n", " ").replace("\t", " ")


def main(arguments):
    if arguments == ["--list"]:
        for one in suite.CASES:
            print(one["id"], one["means"], one["client"], sep="\t")
        return
    suite.Target.port = int(arguments[0])
    cases = [one for one in suite.CASES if len(arguments) == 1 or one["id"] in arguments[1:]]
    with ThreadPoolExecutor(16) as pool:
        for name, problem in pool.map(attempt, cases):
            print("no" if problem else "ok", name, problem or "", sep="\t", flush=True)


main(sys.argv[1:])
