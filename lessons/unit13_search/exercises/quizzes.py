"""The quizzes of unit 13."""

from autograde.spec import Quiz

QUIZZES: tuple[Quiz, ...] = ()
