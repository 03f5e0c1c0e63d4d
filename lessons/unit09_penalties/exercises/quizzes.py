"""The quizzes of unit 09."""

from autograde.spec import Quiz

QUIZZES: tuple[Quiz, ...] = ()
