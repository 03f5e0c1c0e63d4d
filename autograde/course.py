"""Where nbgrader keeps a course: its configuration and its folders."""

from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader


class Course:
    """The course in ``root``, the folder of nbgrader_config.py."""

    def __init__(self, root: Path) -> None:
        self.config = load_config(root)
        self.folders = CourseDirectory(config=self.config)

    @property
    def submitted(self) -> Path:
        """The folder with one folder per student."""
        folders = self.folders
        return Path(folders.format_path(folders.submitted_directory, "x", "x")).parent.parent

    def folder(self, directory: str, student: str, unit: str) -> Path:
        """The folder of ``unit`` for a student (".": nobody) in one of nbgrader's directories."""
        return Path(self.folders.format_path(directory, student, unit))


def load_config(root: Path) -> Config:
    """nbgrader's configuration for the course in ``root``."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
