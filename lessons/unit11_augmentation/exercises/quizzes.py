"""The quizzes of unit 11."""

from autograde.spec import Choice, Quiz

QUIZZES = (
    Quiz(
        "u11-which-labels",
        "Which of these changes of a handwritten digit keeps its label, for all ten digits?",
        (
            Choice(
                "Mirroring it left to right.",
                False,
                "A mirrored 2 or 5 is no digit at all, and a mirrored 3 looks like a Greek letter. "
                "Which of the ten look the same in a mirror?",
            ),
            Choice(
                "Turning it by 180 degrees.",
                False,
                "Two of the ten digits turn into each other. Write a 6 and turn the page.",
            ),
            Choice(
                "Shifting it by one pixel.",
                True,
                "Wherever it stands on the page, a 4 is a 4. What is allowed is a matter of what "
                "the labels mean, not of the pictures.",
            ),
            Choice(
                "Cutting out its left half.",
                False,
                "What is left of a 0 or a 6 then? A cut-out has to leave enough to recognise the "
                "rest.",
            ),
        ),
    ),
    Quiz(
        "u11-what-to-average",
        "A net has looked at ten views of one picture. What do you average?",
        (
            Choice(
                "The ten views, pixel by pixel, and predict once.",
                False,
                "The mean of shifted and mirrored pictures is a blur. The net has never been "
                "trained on a blur.",
            ),
            Choice(
                "The ten predicted labels: the most frequent one wins.",
                False,
                "A view that is 51 % sure would count as much as one that is 99 % sure. And with "
                "two labels five times each you would have to throw a coin.",
            ),
            Choice(
                "The ten rows of probabilities.",
                True,
                "This is the mean over the noise that the lecture writes as an integral, taken "
                "over ten fixed values of it. The result is again a distribution.",
            ),
            Choice(
                "The parameters of ten nets.",
                False,
                "There is one net here. Averaging parameters is another idea, of unit 12.",
            ),
        ),
    ),
    Quiz(
        "u11-slide-cutmix",
        "60 % of the pixels of a mixed picture show the cat, 40 % the dog. Which target does "
        "CutMix give it?",
        (
            Choice(
                "cat 0.4, dog 0.6, as printed",
                False,
                "These are the shares of the mixup slide before it, copied along. Who has more "
                "pixels?",
            ),
            Choice(
                "cat 0.6, dog 0.4",
                True,
                "The target follows the shares of the pixels. On the slide the caption and the "
                "target contradict each other.",
            ),
            Choice(
                "cat 1, dog 0, because the cat has the majority",
                False,
                "Then a net would be told that a large piece of dog means nothing. The target is "
                "soft, like mixup's.",
            ),
            Choice(
                "cat 0.5, dog 0.5, because both are there",
                False,
                "Both are there, but not to the same extent.",
            ),
        ),
    ),
    Quiz(
        "u11-slide-smoothing",
        "The slide's formula gives the right class 1 - (K-1) eps / K and the others eps / K. With "
        "which eps does it print 90 %, 5 %, 5 % for three classes?",
        (
            Choice(
                "0.05",
                False,
                "Then a wrong class gets 0.05 / 3. What has to be divided by 3 to give 0.05?",
            ),
            Choice(
                "0.1",
                False,
                "That is the other convention, where the right class gets 1 - eps and the K - 1 "
                "others share eps. Put 0.1 into the slide's formula: the right class gets 0.933.",
            ),
            Choice(
                "0.15",
                True,
                "0.15 / 3 = 0.05, and 1 - 2 * 0.05 = 0.9. The slide does not say it, and a reader "
                "who assumes the other convention finds 0.1 and sees no contradiction.",
            ),
            Choice(
                "0.3",
                False,
                "Then each wrong class gets 0.1.",
            ),
        ),
    ),
    Quiz(
        "u11-flip-digits",
        "100 digits are mirrored at random in training, the test digits are not. What happens to "
        "the test accuracy?",
        (
            Choice(
                "It rises: mirroring doubles the data.",
                False,
                "The second half of that data never occurs in the test set, and it can look like "
                "something else. More data of another kind is not more of the same.",
            ),
            Choice(
                "It stays: the net ignores what does not occur.",
                False,
                "The net has to fit the mirrored digits too, with the same weights. Nothing is "
                "free.",
            ),
            Choice(
                "It falls by a few points.",
                True,
                "The net spends its capacity on pictures that nobody will show it, and digits that "
                "mirror into each other's neighbourhood get harder to tell apart.",
            ),
            Choice(
                "It falls to about one half.",
                False,
                "Half of the training pictures are still the right way round, and those teach what "
                "the test asks for.",
            ),
        ),
    ),
    Quiz(
        "u11-more-shifts",
        "The net was trained with shifts of up to one pixel. The test digits are shifted like "
        "that already. Now each is shifted at random 25 more times and the probabilities are "
        "averaged. What does that do to the accuracy?",
        (
            Choice(
                "It rises: averaging over the noise always helps.",
                False,
                "Averaging over the noise of *training* is the recipe. How far can a digit have "
                "moved after two shifts?",
            ),
            Choice(
                "It stays the same: the noise averages out.",
                False,
                "It would if the net answered sensibly for all 25 views. Has it seen such digits?",
            ),
            Choice(
                "It falls: some digits end up two pixels away.",
                True,
                "Two shifts of up to one pixel make up to two, and parts of a digit leave the "
                "picture. The net has never seen that, and its answers there are averaged in.",
            ),
            Choice(
                "It falls, because 25 views are too few.",
                False,
                "There are nine different shifts; 25 draws cover most of them.",
            ),
        ),
    ),
    Quiz(
        "u11-pattern",
        "Which of these methods adds noise in training that is *not* averaged out at test time by "
        "asking the net several times or by using everything at once?",
        (
            Choice(
                "dropout",
                False,
                "At test time all units are there at once: an approximate mean over the masks.",
            ),
            Choice(
                "random crops",
                False,
                "At test time a fixed set of crops is predicted and averaged.",
            ),
            Choice(
                "mixup",
                True,
                "At test time the original image is used, which is one value of the noise (lam = "
                "1), not its mean. The two-line pattern is a way to remember the family, no law.",
            ),
            Choice(
                "DropConnect",
                False,
                "At test time all connections are used at once.",
            ),
        ),
    ),
)
