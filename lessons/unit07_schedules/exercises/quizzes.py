"""The quizzes of unit 07."""

from autograde.spec import Choice, Quiz

QUIZZES: tuple[Quiz, ...] = (
    Quiz(
        "u07-overnight",
        "Both trainings go on to epoch 40, each with the rate that it has now. Which one has the "
        "lower training loss then?",
        (
            Choice(
                "The lowered one: it is four times better already, and calmer.",
                False,
                "It is calmer because its steps are a tenth as long. Whatever is still to be done "
                "takes ten times as many of them.",
            ),
            Choice(
                "The one that was never lowered.",
                True,
                "Its loss shakes, but its long steps go on working on what has not been learnt "
                "yet. You will see both curves in full, and by how much, further on.",
            ),
            Choice(
                "Neither: the loss is convex, so both have reached the minimum by then.",
                False,
                "Convex means that there is one valley. It does not say how fast you get to its "
                "bottom, and flat directions take long.",
            ),
            Choice(
                "The lowered one, since the other one cannot get below its noise.",
                False,
                "A good thought: at a fixed level of noise it would be so. But the noise is not "
                "fixed here. Watch what becomes of the shaking.",
            ),
        ),
    ),
    Quiz(
        "u07-which-rate",
        "Which of the four learning rates is best to use?",
        (
            Choice(
                "The good one: its curve ends lowest.",
                False,
                "At the end of the plot, yes. At its beginning another one is faster, and beyond "
                "its right edge a lower one would win.",
            ),
            Choice(
                "The low one: it is the only one that cannot miss the minimum.",
                False,
                "It does not miss it, it does not get there either: the training ends before.",
            ),
            Choice(
                "All of them, one after the other, from high to low.",
                True,
                "A high rate makes the fastest progress at first and a low one the best end. (Not "
                'the *very* high one, whose loss explodes; the slide says "all" nevertheless.) '
                "That is the whole idea of a schedule.",
            ),
            Choice(
                "All of them, one after the other, from low to high.",
                False,
                "That is a warm-up, which has its use at the very beginning. But a training that "
                "ends with a high rate ends shaking.",
            ),
        ),
    ),
    Quiz(
        "u07-after-thirty",
        'Epochs are counted from 0. "Multiply the learning rate by 0.1 after epochs 30, 60 and '
        '90": ResNet trained its first 30 epochs at the full rate. Which number has the first '
        "epoch with the lower one?",
        (
            Choice(
                "29",
                False,
                "That is the thirtieth epoch, and the last one with the full rate.",
            ),
            Choice(
                "30",
                True,
                "The epochs 0 to 29 are thirty. When they are over, the number of the next one is "
                "30. So a milestone is reached when the step is at least as large as it.",
            ),
            Choice(
                "31",
                False,
                "Then the full rate would have been used in the epochs 0 to 30, and these are "
                "thirty-one.",
            ),
        ),
    ),
    Quiz(
        "u07-floor",
        "A training has settled on its noise floor. You divide the learning rate by ten and change "
        "nothing else. What becomes of the floor, and of the steps it takes to get down to it?",
        (
            Choice(
                "A tenth of the floor, ten times as many steps.",
                True,
                "The floor is proportional to the rate, and so is the speed at which the training "
                "forgets where it was. You buy one with the other. The next cell measures it.",
            ),
            Choice(
                "A tenth of the floor, the same number of steps.",
                False,
                "The factor per step is 1 minus the rate times the curvature. With a tenth of the "
                "rate it is much closer to 1.",
            ),
            Choice(
                "A hundredth of the floor, since the noise comes in squared.",
                False,
                "Each kick is a hundredth as strong, that is right. But it is also forgotten ten "
                "times as slowly, so that more kicks add up.",
            ),
            Choice(
                "The same floor: the noise of the gradients has not changed.",
                False,
                "The noise of the gradients has not, but the steps are shorter, and each carries "
                "less of it into the parameters.",
            ),
        ),
    ),
    Quiz(
        "u07-epoch-or-step",
        "A paper uses the inverse root with $t$ in epochs. You take the same initial rate, but "
        "count $t$ in updates, 32 per epoch. How far is your rate from the paper's at the end?",
        (
            Choice(
                "It is the same: the root takes care of the units.",
                False,
                "The root of 32 times as many steps is not the root of the epochs.",
            ),
            Choice(
                "It is 32 times too small.",
                False,
                "That would be so for $1/t$. Here a root is taken.",
            ),
            Choice(
                "It is almost six times too small.",
                True,
                "$t$ is 32 times as large, and the root of 32 is 5.7. Your training is starved of "
                "learning rate, and you may blame the schedule for it.",
            ),
            Choice(
                "It is almost six times too large.",
                False,
                "The factor is right, the direction is not: a larger $t$ makes a smaller rate.",
            ),
        ),
    ),
    Quiz(
        "u07-warmup",
        "At which base rate do you expect a difference?",
        (
            Choice(
                "At both: a warm-up always helps.",
                False,
                "That is how it is often told. Look at the left panel below.",
            ),
            Choice(
                "At neither: it only delays.",
                False,
                "If it delayed and did nothing else, the right panel below would show three equal "
                "curves.",
            ),
            Choice(
                "At 0.1, because there the training works at all.",
                False,
                "Where the first steps do no harm, there is nothing for a warm-up to prevent.",
            ),
            Choice(
                "At 0.3, and it depends on how long the warm-up is.",
                True,
                "A warm-up protects from first steps that are too long for the start. How long the "
                "protection has to last is the surprise.",
            ),
        ),
    ),
    Quiz(
        "u07-batch",
        "All have ten epochs of 1000 examples. Up to which batch size does the linear rule keep "
        "the final loss where it is at batch 32?",
        (
            Choice(
                "Up to 1000: it is derived from the arithmetic.",
                False,
                "The arithmetic assumed that the gradient stays what it is during all the steps "
                "that are replaced. At batch 1000 that would be a whole epoch.",
            ),
            Choice(
                "It fails at once: 128 is clearly worse.",
                False,
                "Four steps in a row at rate 0.1 see nearly the same gradient. Look at the figure.",
            ),
            Choice(
                "Up to somewhere between 128 and 500.",
                True,
                "The rate that the rule asks for grows without bound, and the curvature sets a "
                "bound. At batch 500 it is 1.56, and the range test of the next section will show "
                "you what that means for this network.",
            ),
        ),
    ),
    Quiz(
        "u07-two-ranges",
        "Which of the two lists of learning rates is wrong?",
        (
            Choice(
                "The one up to 10: no network trains with rates above 0.1.",
                False,
                "Softmax regression trained with rate 2 at the beginning of this unit.",
            ),
            Choice(
                "The one that ends at 0.1: the best rate may well be larger.",
                False,
                "It may, and for this network with SGD it is. But as a few values to try by hand "
                "for a deep network the list is reasonable.",
            ),
            Choice(
                "Neither: they are for different stages of a search.",
                True,
                "From 1e-6 to 10 is for finding out, with a few updates each, where anything works "
                "at all: DD2424 calls it stage 0. The short list is for somebody who knows roughly "
                "where that is. Mixed up, the first wastes most of its trials, and the second can "
                "miss the best rate.",
            ),
            Choice(
                "The uniform draw: rates should be drawn evenly between 1e-6 and 10.",
                False,
                "The exponent is drawn evenly, so that every power of ten gets its share. Evenly "
                "drawn rates would lie above 1 nine times out of ten.",
            ),
        ),
    ),
    Quiz(
        "u07-conclude",
        "In the two tables SGD with a cosine has the highest mean test accuracy of all, 0.9678 ± "
        "0.0020. Adam with a cosine has 0.9598. Which sentence may you write into a report?",
        (
            Choice(
                "SGD with a cosine generalizes better than Adam.",
                False,
                "On this data set, this network, three seeds and a test set of 497 digits, 0.008 "
                "are four digits. That is not a law about two methods.",
            ),
            Choice(
                "SGD with a cosine is the best of all methods.",
                False,
                "It has the highest of twenty-four means. The highest of so many noisy numbers is "
                "expected to look good, and several others lie within its spread.",
            ),
            Choice(
                "With a tuned rate and a plan that comes down, plain SGD is not behind Adam here.",
                True,
                "That is what the numbers carry: a claim about this task, with its condition, and "
                "without a ranking that the seeds could turn round.",
            ),
            Choice(
                "All methods are equal.",
                False,
                "Not shown either: some differences are larger than the spread, for example that "
                "between SGD with and without a cosine. And to find nothing with three seeds does "
                "not mean that there is nothing.",
            ),
        ),
    ),
)
