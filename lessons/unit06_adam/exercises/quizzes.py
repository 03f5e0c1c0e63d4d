"""The quizzes of unit 06."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u06-how-far",
        "The ravine falls from (4, 0.5) to the minimum at the origin. Adam makes 95 steps with "
        "step size 0.001. How far along $x_1$ will it have gone?",
        (
            Choice(
                "All the way: Adam adapts its step sizes, so that this setting hardly matters.",
                False,
                "It adapts them to each other. What it makes of every coordinate is a step of "
                "about the length that you set.",
            ),
            Choice(
                "About as far as gradient descent, 0.7.",
                False,
                "Gradient descent's steps are gradient times step size, here 8 times 0.001 at "
                "first. Adam divides by the size of the gradient.",
            ),
            Choice(
                "About 0.1.",
                True,
                "A gradient divided by its own usual size is about 1, so every coordinate moves by "
                "about the step size in every step: 95 times 0.001.",
            ),
            Choice(
                "About 4, but across the ravine it swings.",
                False,
                "That is momentum, whose velocity grows with the gradients. Adam's does not.",
            ),
        ),
    ),
    Quiz(
        "u06-first-timestep",
        'Under "Adam (almost)", the rule without any correction, CS231n L7 asks: what happens at '
        "the first timestep? The betas are 0.9 and 0.999.",
        (
            Choice(
                "The step is ten times too short, since the first average holds a tenth of the "
                "gradient.",
                False,
                "That is the numerator alone. The denominator is too small as well, and by more.",
            ),
            Choice(
                "Nothing special: both averages start at zero, so the effects cancel.",
                False,
                "They would if the betas were such that 1 - beta1 is the root of 1 - beta2. With "
                "0.9 and 0.999 it is 0.1 against 0.032.",
            ),
            Choice(
                "The step is about three times too long.",
                True,
                "0.1 times the gradient over the root of 0.001 times its square: 3.16. And that is "
                "not the worst step, as you can see in the explorer.",
            ),
            Choice(
                "Division by zero.",
                False,
                "The averages take up the first gradient *before* they are used. Only a gradient "
                "of exactly 0 gives 0/0, and there eps helps.",
            ),
        ),
    ),
    Quiz(
        "u06-typed-in",
        "You type the loop of the slide into a cell exactly as it is printed, with "
        "`num_iterations = 100`. How many updates does it make?",
        (
            Choice(
                "100",
                False,
                "`range(1, 100)` would not even give that many. And count the brackets in the last "
                "line.",
            ),
            Choice(
                "99",
                False,
                "That is what `range(1, 100)` would give, and one less than its name promises. But "
                "count the brackets in the last line.",
            ),
            Choice(
                "None: Python does not accept the cell.",
                True,
                "The last line closes one bracket more than it opens: a SyntaxError. Without "
                "it there would be 99 updates, since `range(1, n)` stops before n.",
            ),
            Choice(
                "101",
                False,
                "A range stops *before* its end. And count the brackets in the last line.",
            ),
        ),
    ),
    Quiz(
        "u06-variance",
        "DD2424 L5 says that $\\mathbf v$ estimates the *variance* of the gradients. A parameter "
        "has the gradient 3 in every step. What is the corrected average $\\hat v$?",
        (
            Choice(
                "0, since the gradient does not vary.",
                False,
                "That is the variance. Put 3 into the update of $v$: what is averaged?",
            ),
            Choice(
                "3",
                False,
                "That is the corrected average of the gradients. Here their squares are averaged.",
            ),
            Choice(
                "9",
                True,
                "The average of squares that are all 9. It is an uncentred second moment: "
                "the square of the mean, 9, plus the variance, 0.",
            ),
            Choice(
                "It depends on the second beta.",
                False,
                "The uncorrected average does. The correction takes just that dependence away.",
            ),
        ),
    ),
    Quiz(
        "u06-which-panel",
        "DD2424 runs momentum 0.9 with the step sizes $\\eta_0$, $10\\eta_0$ and $100\\eta_0$, "
        "and gradient descent with the same three. Which of gradient descent's panels looks like "
        "momentum with $\\eta_0$?",
        (
            Choice(
                "$\\eta_0$: the steps are small, so there is nothing to swing.",
                False,
                "True that nothing swings. But where nothing swings, all gradients agree for a "
                "long time, and the velocity adds them up.",
            ),
            Choice(
                "$10\\eta_0$",
                True,
                "The terminal velocity of unit 04: where the gradient hardly changes, momentum 0.9 "
                "is a step size ten times as large, $1/(1 - 0.9)$.",
            ),
            Choice(
                "$100\\eta_0$",
                False,
                "That would take momentum 0.99.",
            ),
            Choice(
                "None: the valley is bent, and the ball is carried out of it.",
                False,
                "At this step size the ball is slow enough to follow the bend.",
            ),
        ),
    ),
    Quiz(
        "u06-same-for-which",
        "In the scheme of the slide the decay is in $g_t$ on the left and in $s_t$ on the right. "
        "For which optimizers do both sides make the same update, step by step?",
        (
            Choice(
                "For SGD and for SGD with momentum, as the slide says.",
                False,
                "Follow momentum through it: on the left the decay enters the velocity and "
                "comes back in every later step. On the right it never gets there.",
            ),
            Choice(
                "For SGD only.",
                True,
                "SGD hands the gradient on as it is, so it does not matter on which side the term "
                "is added. Whatever remembers or rescales gradients treats the two differently.",
            ),
            Choice(
                "For all of them: it is the same term in the end.",
                False,
                "It is the same term at another place, and the optimizer stands in between.",
            ),
            Choice(
                "For none of them.",
                False,
                "For SGD, $s_t = g_t$. Write both sides down for it.",
            ),
        ),
    ),
    Quiz(
        "u06-blank-pixels",
        "Five pixels are blank in every training image, so the data's gradient for their weights "
        "is exactly 0. You train ten epochs with Adam and a tiny penalty in the gradient, "
        "l2 = 0.00001. What happens to these weights?",
        (
            Choice(
                "They hardly change: the penalty is tiny.",
                False,
                "So is the root that it is divided by. What is a number divided by its own size?",
            ),
            Choice(
                "They stay exactly as they were, since their gradient is 0.",
                False,
                "The data's gradient is 0. The penalty's is not, and Adam sees only the sum.",
            ),
            Choice(
                "They go to 0, as fast as Adam can move.",
                True,
                "The penalty is their only gradient, and Adam makes a step of length lr out of any "
                "gradient, tiny or not. The strength has dropped out.",
            ),
            Choice(
                "They shrink by the same share as all the other weights.",
                False,
                "That is what decoupled decay does. Here the decay is divided by the root of the "
                "average of squares, which is tiny for these weights.",
            ),
        ),
    ),
)
