"""The command ``autograde`` (or ``python -m autograde``)."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """The command line. Heavy imports wait until a command runs."""
    top = argparse.ArgumentParser(prog="autograde", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="make cards, solutions and notebooks from lessons")
    build.add_argument("units", nargs="*", metavar="UNIT", help="only these units (default: all)")
    build.add_argument("--check", action="store_true", help="change nothing; name what is stale")

    bundle = commands.add_parser("bundle", help="make the zip that students get")
    bundle.add_argument(
        "units", nargs="*", metavar="UNIT", help="the units handed out (default: all)"
    )
    bundle.add_argument(
        "--output", type=Path, metavar="ZIP", help="default: optimization-course.zip"
    )

    export = commands.add_parser("export", help="run a unit and save it as one web page")
    export.add_argument("units", nargs="*", metavar="UNIT", help="only these units (default: all)")
    export.add_argument("--output", type=Path, default=Path("pages"), metavar="FOLDER")

    grade = commands.add_parser("grade", help="mark what was handed in, in locked processes")
    grade.add_argument("unit", metavar="UNIT")
    grade.add_argument("--students", nargs="+", default=[], metavar="NAME", help="only these")
    grade.add_argument(
        "--workers",
        type=count,
        default=2,
        metavar="N",
        help="so many mark at once while another writes (default: 2); 1: one thing at a time",
    )
    grade.add_argument(
        "--scheduler", metavar="ADDRESS", help="mark on a Dask cluster: tcp://host:port"
    )
    grade.add_argument("--term", default="", metavar="WORD", help="chooses the hidden cases")
    grade.add_argument(
        "--require-isolation",
        choices=("full", "base", "none"),
        metavar="LEVEL",
        help="refuse to run below this level: full, base or none (see autograde doctor)",
    )

    report = commands.add_parser("report", help="tables of the marks, and a page to look at")
    report.add_argument("unit", metavar="UNIT")

    commands.add_parser("doctor", help="tell how well this host can lock student code in")
    return top


def count(text: str) -> int:
    """A number of processes."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a number from 1 on, got {text}")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "build":
            from autograde import build

            return build.main(options.units, check=options.check)
        if options.command == "bundle":
            from autograde import bundle

            return bundle.main(options.units, options.output)
        if options.command == "doctor":
            from autograde.doctor import doctor

            doctor()
            return 0
        if options.command == "grade":
            from autograde import grade

            require = options.require_isolation
            return grade.main(
                options.unit,
                options.students,
                options.workers,
                require,
                options.term,
                options.scheduler,
            )
        if options.command == "report":
            from autograde import report

            return report.main(options.unit)
        from autograde import export

        return export.main(options.units, options.output)
    except (LookupError, ValueError, OSError) as error:
        print(f"autograde {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        kept = "; started again, it goes on from here" if options.command == "grade" else ""
        print(f"\nautograde {options.command}: interrupted{kept}", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
