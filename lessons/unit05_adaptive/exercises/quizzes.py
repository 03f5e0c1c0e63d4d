"""The quizzes of unit 05."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u05-first-step",
        "The gradient at the start of the ravine is (8, 50). How far do the two coordinates move "
        "in AdaGrad's very first step, with step size 0.5?",
        (
            Choice(
                "4 and 25.",
                False,
                "That is the step of gradient descent: the step size times the gradient. AdaGrad "
                "divides by something first. What is in the sum when the step is made?",
            ),
            Choice(
                "0.5 and 0.5.",
                True,
                "The newest square is already in the sum, and in the first step it is all there "
                "is: 8 is divided by 8, and 50 by 50. Only the sign of the gradient is left.",
            ),
            Choice(
                "0.0625 and 0.01.",
                False,
                "Those are the step sizes after the division, 0.5/8 and 0.5/50. They still have "
                "to be multiplied by the gradient.",
            ),
            Choice(
                "Immeasurably far: the sum is still 0, so it divides by eps.",
                False,
                "The sum is updated before it is used, so that the newest square is in it. With "
                "the two lines exchanged this is just what would happen.",
            ),
        ),
    ),
    Quiz(
        "u05-steeper",
        "Make the walls of the ravine 20 times as steep, leave the floor and the start as they "
        "are, and run AdaGrad with the same step size. What happens to its path along the floor, "
        "that is, to $x_1$?",
        (
            Choice(
                "It gets slower: all that steepness fills the sum of squares.",
                False,
                "The sum of $x_2$, yes. But every coordinate has a sum of its own, and that of "
                "$x_1$ never sees the gradients of $x_2$.",
            ),
            Choice(
                "It gets faster: flat directions are accelerated when the others are steep.",
                False,
                "CS231n's word is relative: compared with gradient descent, whose step size must "
                "suit the steep walls. AdaGrad's rate for $x_1$ does not know that there is a "
                "wall.",
            ),
            Choice(
                "Nothing at all.",
                True,
                "The gradient of $x_1$ depends on $x_1$ only, here, and so does its sum of "
                "squares. Look in the next figure at what happens to $x_2$.",
            ),
        ),
    ),
    Quiz(
        "u05-to-zero",
        "AdaGrad runs through the ravine with step size 0.5, with exact gradients, and gets to the "
        "minimum. What becomes of its effective learning rates after many thousand steps?",
        (
            Choice(
                "They go to zero, like one over the root of the number of steps.",
                False,
                "That is what happens when every gradient adds about as much to the sum as the "
                "one before. How large are the gradients near the minimum?",
            ),
            Choice(
                "They settle at positive numbers.",
                True,
                "Close to the minimum the gradients go to zero, and quickly; so do the terms of "
                "the sum, and the sum has a limit. A sum that keeps growing need not grow without "
                "bound.",
            ),
            Choice(
                "They grow again, since the gradients get small.",
                False,
                "A sum of squares can never get smaller. You are thinking of a memory that "
                "forgets; that is the next rule.",
            ),
        ),
    ),
    Quiz(
        "u05-gamma",
        "You write CSC421's $s \\leftarrow (1-\\gamma)\\,s + \\gamma\\,g^2$ and take DD2424's "
        "$\\gamma = 0.9$. What have you built?",
        (
            Choice(
                "The same rule: the weights add up to 1 in both.",
                False,
                "They do, and both are averages. But an average over one step and one over ten "
                "are not the same.",
            ),
            Choice(
                "A rule with a memory of about one step, whose steps are hardly rescaled by "
                "anything but the newest gradient.",
                True,
                "The newest square gets the weight 0.9, so the root is about the size of the "
                "newest gradient, and every step is about one step size long: nearly the sign of "
                "the gradient. What is called gamma in one lecture is 1 - gamma in the other.",
            ),
            Choice(
                "AdaGrad: with gamma = 0.9 nearly nothing is forgotten.",
                False,
                "Nearly nothing is forgotten if the *old* average has the weight 0.9. Which of the "
                "two does the formula multiply by gamma?",
            ),
        ),
    ),
    Quiz(
        "u05-eps",
        "The first gradient is $10^{-6}$, and eps is $10^{-8}$. How long is RMSProp's first step "
        "with eps outside the root, and with eps under it, in units of the step size?",
        (
            Choice(
                "About 3 outside, about 3 under it: eps is only there against division by zero.",
                False,
                "The mean square is $10^{-13}$. Compare it with the $10^{-8}$ that is added to it "
                "under the root.",
            ),
            Choice(
                "About 3 outside, 0.01 under it.",
                True,
                "Outside, $10^{-8}$ is added to $3 \\cdot 10^{-7}$: nothing much. Under the root "
                "it is added to $10^{-13}$, and is all that counts: the root is $10^{-4}$, a "
                "hundred times the gradient.",
            ),
            Choice(
                "0.01 outside, about 3 under it.",
                False,
                "The root makes small numbers larger: $\\sqrt{10^{-8}}$ is $10^{-4}$. So under "
                "which of the two forms does the same eps weigh more?",
            ),
            Choice(
                "0.01 in both.",
                False,
                "With eps outside, the divisor is $\\sqrt{10^{-13}} + 10^{-8}$. Which of the two "
                "terms is larger?",
            ),
        ),
    ),
    Quiz(
        "u05-currency",
        "You count the loss in cents instead of euros: every loss and every gradient is multiplied "
        "by 100. Eps is too small to matter. Which rules walk the same path as before?",
        (
            Choice(
                "Only AdaDelta: it alone has no step size.",
                False,
                "It does walk the same path. But look at the fraction in AdaGrad and RMSProp: what "
                "does a factor of 100 do to it?",
            ),
            Choice(
                "AdaGrad, RMSProp and AdaDelta.",
                True,
                "All three divide a gradient by the size of gradients, so that the factor cancels. "
                "What AdaDelta adds is about the unit of $x$, not of the loss.",
            ),
            Choice(
                "All, also gradient descent: the minimum is where it was.",
                False,
                "The minimum is, the path is not: gradient descent's steps are 100 times as long.",
            ),
            Choice(
                "None.",
                False,
                "Put $100\\,g$ for $g$ into AdaGrad, everywhere, also in the sum, and see what "
                "is left of the 100.",
            ),
        ),
    ),
    Quiz(
        "u05-axes",
        "Gradient descent and AdaGrad run in the ravine of condition number 1000, along the axes, "
        "and turned by 45 degrees. Which of them needs more steps after the turn?",
        (
            Choice(
                "Both: a diagonal ravine is harder.",
                False,
                "Harder for whom? Gradient descent subtracts a multiple of the gradient. Turn the "
                "whole picture: what changes in that sentence?",
            ),
            Choice(
                "Only gradient descent: its zigzag now goes through both coordinates.",
                False,
                "The zigzag is turned, and so is the ravine. Measured along the ravine and across "
                "it, every step is what it was.",
            ),
            Choice(
                "Only AdaGrad.",
                True,
                "It rescales x1 and x2, and after the turn these two are no longer the flat and "
                "the steep direction. How much it loses, the table shows.",
            ),
            Choice(
                "Neither: the bowl is the same, only turned.",
                False,
                "The bowl is. But a rule that treats each coordinate on its own notices which "
                "directions are called coordinates.",
            ),
        ),
    ),
)
