"""The quizzes of unit 02."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u02-quartic",
        "The Hessian of $f(x) = x^4$ at 0 is 0. What follows from that Hessian alone?",
        (
            Choice(
                "0 is a minimum.",
                False,
                "It is one for $x^4$, but the Hessian does not know: $-x^4$ and $x^3$ have the "
                "same gradient and the same Hessian at 0, and neither has a minimum there.",
            ),
            Choice(
                "0 is a saddle.",
                False,
                "A saddle needs one curvature above and one below zero. Here there is neither.",
            ),
            Choice(
                "Nothing: the second derivative cannot decide.",
                True,
                "Functions as different as $x^4$, $-x^4$ and $x^3$ share this Hessian. Only higher "
                "derivatives, or a look around, can tell them apart. The lesson calls such a point "
                "degenerate.",
            ),
            Choice(
                "0 is a critical point without a slope, so gradient descent ends up there.",
                False,
                "That the slope is 0 is the gradient's message, not the Hessian's. And with $-x^4$ "
                "gradient descent runs away from 0 from either side.",
            ),
        ),
    ),
    Quiz(
        "u02-random-minimum",
        "Among 20 000 random symmetric 4 x 4 matrices, how many have only positive eigenvalues?",
        (
            Choice(
                "About 10 000",
                False,
                "That is the share in one dimension. With four curvatures all four have to be "
                "positive.",
            ),
            Choice(
                "About 1250, one in sixteen",
                False,
                "That would be four independent coin flips. The eigenvalues of one matrix are not "
                "independent: they keep away from each other, so having all of them on one side is "
                "harder than that.",
            ),
            Choice(
                "About 50",
                True,
                "Far fewer than four coin flips would give, because eigenvalues of one matrix "
                "repel each other and spread to both sides of zero.",
            ),
        ),
    ),
    Quiz(
        "u02-at-the-limit",
        "On bowl C, whose Hessian is diag(2, 100), gradient descent runs with step size 0.02 from "
        "(4, 0.5). What is the loss after a million steps?",
        (
            Choice(
                "0, it only takes long",
                False,
                "The flat coordinate goes to 0. The steep one is multiplied by 1 - 0.02 * 100 = "
                "-1 in every step: it never gets smaller.",
            ),
            Choice(
                "12.5",
                True,
                "The steep coordinate flips between 0.5 and -0.5 for ever, and 50 times 0.25 is "
                "12.5. At exactly 2 the motion neither converges nor diverges, so the slide's "
                "second case should end *before* 2. At exactly 1 there is no decay to speak of: "
                "one step and it is over.",
            ),
            Choice(
                "Infinite, it diverges",
                False,
                "It diverges for every larger step size. At this one the factor of the steep "
                "coordinate is exactly -1: it does not grow.",
            ),
            Choice(
                "28.5, the loss at the start",
                False,
                "Only the steep coordinate is stuck. What happens to the flat one, whose factor is "
                "1 - 0.02 * 2 = 0.96?",
            ),
        ),
    ),
    Quiz(
        "u02-flatter-still",
        "The flat direction of a ravine is made ten times flatter. What happens to the largest "
        "stable step size, and to the number of steps needed at a step size just below it?",
        (
            Choice(
                "Both stay as they are.",
                False,
                "The limit stays. But the flat direction now shrinks by ten times less per step, "
                "and it was the slow one already.",
            ),
            Choice(
                "The limit stays, and about ten times as many steps are needed.",
                True,
                "The steepest curvature alone sets the limit, and the flattest one then pays for "
                "it: its factor is 1 minus ten times less.",
            ),
            Choice(
                "The limit becomes ten times as large, and the number of steps stays.",
                False,
                "A larger step would suit the flat direction. But the steep one has not changed, "
                "and it would explode.",
            ),
            Choice(
                "The limit becomes ten times as small.",
                False,
                "A flatter direction is never the first to become unstable.",
            ),
        ),
    ),
    Quiz(
        "u02-slide-formula",
        "At $t = 0$ the printed formula should give the loss at the start. What does it do there?",
        (
            Choice(
                "It gives twice the loss.",
                False,
                "It would if only the half were missing. Put in the start (-4, 0.5): can a loss "
                "above the minimum have the sign of a coordinate?",
            ),
            Choice(
                "It changes its value when a coordinate of the start changes its sign.",
                True,
                "The bowl is symmetric, the loss cannot depend on that sign, so the coordinate has "
                "to come in squared. And with the square alone, the value is still twice the loss.",
            ),
            Choice(
                "It is right for $t = 0$ and goes wrong only later.",
                False,
                "At $t = 0$ the powers are 1 and the formula says the sum of curvature times "
                "coordinate: 2 * 4 + 100 * 0.5 = 58. The bowl's height at the start is 28.5.",
            ),
        ),
    ),
    Quiz(
        "u02-d-dimensions",
        "At the best step size, which directions shrink by exactly $(\\kappa-1)/(\\kappa+1)$ "
        "per step?",
        (
            Choice(
                "All of them: that is what makes this step size the best.",
                False,
                "One step size cannot give different curvatures the same factor, except for two "
                "that lie on either side of its zero.",
            ),
            Choice(
                "Only the flattest and the steepest",
                True,
                "Those two tie, one from either side. Every curvature in between has a smaller "
                "factor, so equality holds in two dimensions and becomes an upper bound in more.",
            ),
            Choice(
                "Only the flattest",
                False,
                "At this step size the steepest has the same factor with the opposite sign, and "
                "the sign disappears in the loss.",
            ),
            Choice(
                "None: it is the average over the directions.",
                False,
                "It is the worst factor, not the average, and two directions have it.",
            ),
        ),
    ),
    Quiz(
        "u02-which-weight",
        "Data set A: which weight gets the larger first update, and which one has to become the "
        "larger number, if both columns matter equally for $t$?",
        (
            Choice(
                "$w_1$ gets the larger update, and $w_1$ needs it.",
                False,
                "It does get it, because the gradient of a weight is proportional to its column. "
                "But with inputs around 100, a tiny $w_1$ is enough.",
            ),
            Choice(
                "$w_1$ gets an update about 60 000 times as large, and $w_2$ would need the larger "
                "one.",
                True,
                "The first gradient is (-690.8, -0.01126). A column around 0.003 needs a weight in "
                "the thousands to matter: the updates are the wrong way round.",
            ),
            Choice(
                "$w_2$ gets the larger update, because its inputs are small.",
                False,
                "A gradient is the error times the *input*: small inputs make small gradients.",
            ),
            Choice(
                "Both get about the same, as they share the error.",
                False,
                "They share the error, but each multiplies it by its own column.",
            ),
        ),
    ),
    Quiz(
        "u02-whose-statistics",
        "A model was trained on standardised inputs. One new example arrives. How should it be "
        "standardised?",
        (
            Choice(
                "With its own mean and standard deviation",
                False,
                "A column of one example has the standard deviation 0, and all information in it "
                "would be subtracted away.",
            ),
            Choice(
                "With the mean and standard deviation of the training set",
                True,
                "They are part of the model, like its weights: the weights were fitted to exactly "
                "these coordinates.",
            ),
            Choice(
                "With the statistics of training and test set together, to be fair to both",
                False,
                "Then the test set would have a say in how the model was trained, and a measured "
                "test accuracy would no longer be that of new data.",
            ),
            Choice(
                "Not at all: standardising is only there to speed up training.",
                False,
                "The purpose is speed, but the weights found that way only fit standardised "
                "inputs.",
            ),
        ),
    ),
)
