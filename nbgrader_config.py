"""nbgrader's steps in this course's folders. Start nbgrader and JupyterLab from this folder."""

from pathlib import Path

c = get_config()

ROOT = Path(__file__).resolve().parent
WORK = ROOT / "autograde" / "work"
# git keeps no empty folders; the database needs one, and formgrader asks for an exchange
(WORK / "exchange").mkdir(parents=True, exist_ok=True)

c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.course_id = "optimization"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.submitted_directory = "autograde/work/submitted"
c.CourseDirectory.autograded_directory = "autograde/work/autograded"
c.CourseDirectory.feedback_directory = "autograde/work/feedback"
c.CourseDirectory.db_url = f"sqlite:///{(WORK / 'gradebook.db').as_posix()}"
c.Exchange.root = str(WORK / "exchange")
c.ExecutePreprocessor.timeout = 120
