"""The quizzes of unit 03."""

from autograde.spec import Choice, Quiz

QUIZZES = (
    Quiz(
        "u03-at-the-minimum",
        "At the minimum of the whole loss, what are the gradients of the single examples?",
        (
            Choice(
                "All zero: that is what a minimum is.",
                False,
                "The *mean* of the gradients is zero there. A point above the line still pulls the "
                "line up, and one below it pulls it down.",
            ),
            Choice(
                "Not zero, but in balance: they cancel in the mean.",
                True,
                "Each example would rather have a line of its own. The next figure shows how far "
                "they are from agreeing.",
            ),
            Choice(
                "They all point back to the minimum.",
                False,
                "You *are* there. From the minimum each example pulls towards a line of its own.",
            ),
            Choice(
                "Much larger than at the start, since the steps are small.",
                False,
                "The step size does not change gradients. Here the errors are smaller than at the "
                "start, and the gradients as well.",
            ),
        ),
    ),
    Quiz(
        "u03-batch-sizes",
        "32, 64, 128, 256, 10, 100: which of the slides is wrong?",
        (
            Choice(
                "CSC421: with 10 examples the gradient is too noisy to be of use.",
                False,
                "In the training at the top of this lesson 10 examples per batch won by far.",
            ),
            Choice(
                "CS231n: batches should be 10 or 100, powers of two have no advantage.",
                False,
                "There is no reason in the mathematics for either. Hardware sometimes likes "
                "multiples of 8 or 32.",
            ),
            Choice(
                "Each may be right for its own problems; as a general rule they all are wrong.",
                True,
                "Which size is good depends on the problem, on the hardware and on how far the "
                "training has come. You will measure it for one problem below.",
            ),
            Choice(
                "All of them: only the full batch gives the right gradient.",
                False,
                "It gives the exact gradient, once, at the price of N examples. The right "
                "question is what else you could do at that price.",
            ),
        ),
    ),
    Quiz(
        "u03-count-updates",
        "A training set has 1000 examples. You train ten epochs with batch size 32. How many "
        "updates does SGD make?",
        (
            Choice(
                "10 000: one for each example that is seen.",
                False,
                "That is the number of example gradients. 32 of them make one update.",
            ),
            Choice(
                "312: 10 000 divided by 32, rounded down.",
                False,
                "A batch never reaches over the end of an epoch: each epoch has its own last, "
                "short batch.",
            ),
            Choice(
                "310: 31 full batches in each epoch.",
                False,
                "The 8 examples that remain after 31 batches make a batch, too, unless they are "
                "dropped. In this course they are not.",
            ),
            Choice(
                "320: 32 batches in each epoch, the last with 8 examples.",
                True,
                "31 times 32 is 992. The last batch has 8 examples, and its gradient twice the "
                "usual scatter.",
            ),
        ),
    ),
    Quiz(
        "u03-whole-set",
        "A data set has N = 100 examples, and their gradients have variance 1. A mini-batch of "
        "S = 100 is drawn from it without replacement. What is the variance of its mean gradient?",
        (
            Choice(
                "1/100, as the slide says.",
                False,
                "Draw 100 of 100 without putting any back: how many different batches are there?",
            ),
            Choice(
                "0.",
                True,
                "There is only one such batch, the whole set, and its gradient is the full one. So "
                "1/S cannot be the whole truth.",
            ),
            Choice(
                "1: without replacement the draws are not independent, so they do not average out.",
                False,
                "They are dependent, but in the helpful direction: what has come cannot come "
                "again, so a batch cannot be all of one kind.",
            ),
            Choice(
                "That depends on the gradients.",
                False,
                "For S = N it does not: there is only one such batch, whatever is in it.",
            ),
        ),
    ),
    Quiz(
        "u03-lower-floor",
        "Look back at the explorer, or at the equation. The loss has settled on its noise floor, "
        "and you want the floor four times lower. What does it?",
        (
            Choice(
                "Training four times longer.",
                False,
                "A floor is what is left when longer training does not help any more.",
            ),
            Choice(
                "Half the step size: the floor goes with its square.",
                False,
                "A kick has the square of the step size in its variance. But with shorter steps "
                "old kicks fade more slowly, which takes one power back.",
            ),
            Choice(
                "A quarter of the step size, or batches four times as large: either will do.",
                True,
                "For small steps the floor is proportional to the step size and to the variance of "
                "the batch gradient. You will see both in the formula.",
            ),
            Choice(
                "Batches sixteen times as large: the scatter falls with the root of S.",
                False,
                "The scatter does, but the loss is quadratic in it. It is the variance that "
                "counts, and that falls with S itself.",
            ),
        ),
    ),
    Quiz(
        "u03-scale-the-step",
        "Ten epochs over the digits with batches of 10 and step size 0.1 end at a loss of 0.082. "
        "Which step size ends at about the same loss with batches of 100?",
        (
            Choice(
                "0.01: larger batches need more careful steps.",
                False,
                "There are ten times fewer updates already. With shorter steps on top you would "
                "get a hundredth of the way.",
            ),
            Choice(
                "0.1: the gradient is the same on average.",
                False,
                "So is the length of a step, but there are ten times fewer of them.",
            ),
            Choice(
                "About 0.3: the scatter of the gradient falls with the root of S.",
                False,
                "That would keep the size of the kicks. It gets you less than a third of the way: "
                "look for 100 and 0.3 yourself.",
            ),
            Choice(
                "1: ten times fewer steps have to be ten times as long.",
                True,
                "As in the unrolled loop, the step size per example is what counts, as long as the "
                "steps are not too long for the curvature.",
            ),
        ),
    ),
    Quiz(
        "u03-smooth-curve",
        "A friend trains on digits with batches of 10. The loss of the batch, plotted after every "
        "update, falls smoothly, without any noise, to 0.0025. What do you say?",
        (
            Choice(
                "Great: the training has converged.",
                False,
                "Even at the minimum, ten new digits have another loss than the ten before them. "
                "Where is the noise?",
            ),
            Choice(
                "Are you sure that every batch holds other examples?",
                True,
                "Different batches have different losses, so their curve must be noisy. A smooth "
                "one looks like the same batch all over again. Below you see what becomes of it.",
            ),
            Choice(
                "The step size is small, so there is little noise.",
                False,
                "A small step size calms the *parameters*. The loss of a batch scatters even if "
                "the parameters do not move at all.",
            ),
            Choice(
                "Your batches are too large.",
                False,
                "They have 10 examples. Compare with the scatter between batches of that size in "
                "the next figure.",
            ),
        ),
    ),
)
