"""nbgrader's steps in this course's folders. Start nbgrader and JupyterLab from this folder."""

from pathlib import Path

c = get_config()

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "optimization"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.submitted_directory = "autograde/work/submitted"
c.CourseDirectory.autograded_directory = "autograde/work/autograded"
c.CourseDirectory.feedback_directory = "autograde/work/feedback"
c.CourseDirectory.db_url = (
    "sqlite:///" + (Path(__file__).resolve().parent / "autograde/work/gradebook.db").as_posix()
)
c.ExecutePreprocessor.timeout = 120
