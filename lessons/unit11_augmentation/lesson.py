# %% [markdown]
# # Unit 11: Augmentation, soft targets and averaging noise out
#
# A net reads 93 % of the handwritten test digits. Move every digit by at most one pixel, at random, and it reads 36 %. For you and me nothing has changed. How do you tell a net what does not matter? And when you tell it something wrong, how would you notice?
#
# **You will be able to**
#
# - write the usual augmentations, from flips and crops to cutout, mixup and CutMix, with a draw of its own for every image;
# - change the targets whenever the pictures change in meaning: mixed targets, smoothed targets, and a loss that takes them;
# - average predictions over views at test time, and say when that helps and when it harms;
# - decide by experiment whether an augmentation helps, with seeds and spread, and recognise one that hurts;
# - see dropout, batch norm, augmentation and their relatives as one pattern, and know where the pattern ends.
#
# **Time:** 100 minutes. **You need:** softmax and cross-entropy (unit 01), mini-batches and momentum (unit 04). Unit 10 helps, but is not needed.

# %%
from collections.abc import Callable
from functools import partial

import matplotlib.pyplot as plt
import numpy as np

from course_lib import augment, datasets, explorers, losses, models, optim, plots, train
from course_lib.arrays import Array, Indices, Labels
from course_lib.augment import resize
from course_lib.check import check, examine, hint
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## What the label does not depend on
#
# Before any code, move some digits. On the left are eight of the 497 test digits as three nets get them. All three have the same 128 hidden units and have learned from the same 300 digits; they differ in one thing only, how far the digits were shifted at random during training.

# %%
explorers.test_shift()

# %% [markdown]
# Three things to try, with the mouse or with Tab and the arrow keys:
#
# 1. Move right by one pixel. How many of the eight digits does the first net still read?
# 2. Now two and three pixels. Where does each net give up, and what does that have to do with its training?
# 3. Go back to 0. Which net is best there? What did the third one pay, and for what?
#
# To a fully connected net a pixel is an input like any other. Nothing tells it that pixels (3, 4) and (3, 5) are neighbours. It could learn that from examples, but if every digit is centred there is nothing to learn it from. So we make the examples: take a training picture, change it in a way that leaves its label true, and train on the result. This is **data augmentation** (CS231n L7). It costs no new label, and it is the cheapest way to tell a net what you know about your problem.
#
# "In a way that leaves its label true" is the whole difficulty. Look at a few changes first. The upper row shows three photographs, the lower one what a net would be trained on; the bars are the targets that go with it.

# %%
explorers.augment_gallery()

# %% [markdown]
# 1. Go through the list at medium strength. Would you still name all three pictures without hesitating?
# 2. Set the strength to strong. Which changes go too far for your taste? Step through the draws.
# 3. Choose mixup and then CutMix, and watch the bars. What do they follow?
#
# The photographs forgive a lot. Handwriting forgives less.

# %% quiz: u11-which-labels

# %% [markdown]
# ## A picture and its mirror image
#
# The simplest change first. A cat in a mirror is a cat. In code a batch of pictures is an array of shape (N, H, W, C): pictures, rows, columns, channels. Whether a picture is mirrored is decided by a coin, and every picture throws its own. A batch that is mirrored as a whole shows the net only two versions of each batch.
#
# **Your turn:** `random_flip`. All chance comes from `rng`. The check looks at what many flips have in common, not at the numbers drawn, so throw your coins however you like. For nudges type `hint("random_flip")` into a cell of your own.

# %% exercise: random_flip


# %%
PHOTOS = datasets.load_photos()
THREE = np.stack([PHOTOS.cat[:, 20:116], PHOTOS.coffee[:, 24:120], PHOTOS.astronaut])


def show(images, titles=None, width: float = 1.5) -> None:
    """Pictures in a row, grey ones in grey."""
    _, axes = plt.subplots(1, len(images), figsize=(width * len(images), width + 0.35))
    for number, (ax, image) in enumerate(zip(axes, images, strict=True)):
        ax.imshow(np.clip(image, 0, 1), cmap="gray", vmin=0, vmax=1)
        ax.set_title("" if titles is None else titles[number], fontsize=10)
        ax.axis("off")
    plt.show()


if examine("random_flip", random_flip).passed:
    show(random_flip(np.repeat(THREE, 2, axis=0), prob=0.5, rng=np.random.default_rng(4)))
else:
    print("When your random_flip passes its check, each photograph appears here twice.")

# %% [markdown]
# *What to see:* six small photographs, each of the three twice; some are mirrored, and the coin fell differently for pictures of one kind.
#
# Is a mirror image always harmless? Look at the astronaut again: in the mirror the flag hangs the wrong way round. A net that reads writing, road signs or X-ray pictures (where the heart lies on the left) would be told something false. You will see below what mirrors do to digits.

# %% [markdown]
# ## A little to the left
#
# To shift a picture by a random amount, put a frame of zeros around it and cut its own size out again, at a random place. For a frame of one pixel there are $3 \times 3$ places, for a frame of $p$ pixels $(2p+1)^2$. All of them should be equally likely, and again every picture goes its own way.
#
# **Your turn:** `random_crop`. Two things go wrong easily: the last place is never drawn, or what leaves the picture on one side comes in on the other. Nudges: `hint("random_crop")`.

# %% exercise: random_crop

# %% [markdown]
# Does it do what we want? The experiment: 300 training digits, a net with 128 hidden units, momentum, 150 epochs. Once as they are, once shifted anew in every mini-batch. Both nets are tested on the centred test digits and on test digits that were moved once, at random, by up to one pixel in each direction. Five seeds each. Before you run it, write down four numbers. In particular: does the net that saw shifted digits pay for it on the centred ones?


# %%
DIGITS = datasets.load_digits()
TEST = DIGITS.x_test.reshape(-1, 8, 8, 1)


def trained(change, x: Array, labels: Labels, *, seed: int, epochs: int = 150, lr: float = 0.05):
    """A 64-128-10 net; ``change(images, targets, rng)`` acts anew on every mini-batch."""
    rng = np.random.default_rng(seed)

    def loss(params, x, labels, *, l2):
        images, targets = change(x.reshape(-1, 8, 8, 1), np.eye(10)[labels], rng)
        return models.mlp_loss(params, images.reshape(x.shape), targets, l2=l2)

    start = models.init_mlp((64, 128, 10), rng=rng)
    how = {"rule": optim.momentum, "lr": lr, "epochs": epochs, "loss": loss, "rng": rng}
    return train.fit(start, (x, labels), **how)[0]


def probabilities(net, images: Array) -> Array:
    """What the net says about each image; shape (N, 10)."""
    return losses.softmax(models.mlp_scores(net, images.reshape(len(images), -1)))


def right(said: Array, labels: Labels = DIGITS.y_test) -> float:
    """The share of rows whose largest probability is that of the label."""
    return float(np.mean(said.argmax(axis=1) == labels))


def unchanged(images, targets, rng):
    return images, targets


def shifts(images, targets, rng):
    return augment.random_crop(images, padding=1, rng=rng), targets


# %%
def nine_places(images: Array) -> Array:
    """The images at all nine places of a frame of one pixel; shape (9, N, 8, 8, 1)."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    places = [(top, left) for top in range(3) for left in range(3)]
    return np.array([padded[:, top : top + 8, left : left + 8] for top, left in places])


@recorded
def shift_experiment(seeds: int) -> dict:
    """Accuracies (seeds,) of nets trained with and without shifts, on several kinds of tests."""
    x, labels, found = DIGITS.x_train[:300], DIGITS.y_train[:300], {}
    for name, change in (("plain", unchanged), ("shifts", shifts)):
        for seed in range(seeds):
            net = trained(change, x, labels, seed=seed)
            rng = np.random.default_rng(50 + seed)
            moved = augment.random_crop(TEST, padding=1, rng=rng)
            more = [augment.random_crop(moved, padding=1, rng=rng) for _ in range(25)]
            ask = partial(probabilities, net)
            rows = {
                "centred": ask(TEST),
                "moved": ask(moved),
                "centred, nine views": augment.average_views(ask, nine_places(TEST)),
                "moved, 25 more shifts": augment.average_views(ask, np.array(more)),
            }
            for test, said in rows.items():
                found.setdefault(f"{name}: {test}", []).append(right(said))
    return {name: np.array(values) for name, values in found.items()}


def table(found: dict, names) -> None:
    """Mean and standard deviation over the seeds."""
    for name in names:
        print(f"{name:>32}: {found[name].mean():.3f} ± {found[name].std(ddof=1):.3f}")


# %%
MOVED = shift_experiment(5)
picked = ("plain: centred", "plain: moved", "shifts: centred", "shifts: moved")
fig, ax = plt.subplots(figsize=(7, 3.6))
means = {name.replace(": ", ",\n"): float(MOVED[name].mean()) for name in picked}
spread = {name.replace(": ", ",\n"): float(MOVED[name].std(ddof=1)) for name in picked}
plots.draw_bars(ax, means, ylabel="test accuracy", errors=spread)
ax.set_ylim(0, 1)
plt.show()
table(MOVED, picked)

# %% [markdown]
# *What to see:* four bars; three of them are about equally high, the one of the plain net on moved digits is less than half as high.
#
# The plain net falls from 0.931 to 0.359. With shifts in training the net reads 0.923 of the moved digits, and on the centred ones it is as good as before: 0.930, well within the spread. So here augmentation buys robustness for nothing. Nothing but time, that is: the pictures have to be made anew in every epoch. This is the experiment to remember when somebody asks what augmentation is for. It makes the test that you *will* meet part of the training.

# %% [markdown]
# ## Nearer and farther
#
# Things come closer, too. The recipe that trained the ResNets (He et al. 2016, CS231n L7) is: draw a length $L$ between 256 and 480, resize the picture so that its *shorter* side is $L$, and cut a random square of 224 pixels out of it. So the net sees an eye in one epoch and a whole cat in the next.
#
# Three draws belong to each picture: the length, and the place of the square in two directions. Both sides are multiplied by the same factor, or the cat gets fat. How many places there are for the square depends on the length that was drawn.
#
# **Your turn:** `random_resized_crop`. `resize(image, height, width)` from the library does the interpolation; you may write your own, of any kind. Nudges: `hint("random_resized_crop")`.

# %% exercise: random_resized_crop

# %%
if examine("random_resized_crop", random_resized_crop).passed:
    cats = np.repeat(PHOTOS.cat[np.newaxis], 6, axis=0)
    rng = np.random.default_rng(2)
    show(random_resized_crop(cats, size=64, short_side=(73, 137), rng=rng))
else:
    print("When your random_resized_crop passes its check, six cuts of the cat appear here.")

# %% [markdown]
# *What to see:* six square cuts of the same cat, nearer and farther, none of them squashed; in some an eye fills the picture.
#
# The numbers above have the ratio of the recipe: $73 : 137 : 64$ is about $256 : 480 : 224$. Even so, some cuts show hardly anything of the cat. The label is still "cat". The recipe accepts that, and it works because most cuts do show one.

# %% [markdown]
# ## Ten looks at one picture
#
# Training shows random cuts. What should the net see at test time? One cut from the centre would do. But the net has learned from all cuts. Call $z$ what is drawn at random, here place and mirror. Then the mean prediction over $z$, $y = E_z[f(x, z)]$, uses everything it knows, and a few fixed values of $z$ approximate that mean. Krizhevsky et al. (2012) took ten: the four corners, the centre, and the mirror image of each.
#
# **Your turn:** `ten_crop`, for a single picture. The order of the ten is up to you; there is no chance in it. Nudges: `hint("ten_crop")`.

# %% exercise: ten_crop

# %% [markdown]
# Ten views give ten predictions. What now?

# %% quiz: u11-what-to-average

# %% [markdown]
# The ResNets went further: five sizes, $\{224, 256, 384, 480, 640\}$, and ten cuts of each, fifty views in all (CS231n L7). How many of the fifty are different pictures, if the photograph is a square? Think before you run.


# %%
@recorded
def different_views(sizes: tuple[int, ...], size: int) -> dict:
    """How many of the ten cuts differ at each size of a square photograph."""
    found = {}
    for side in sizes:
        views = augment.ten_crop(augment.resize(PHOTOS.astronaut, side, side), size=size)
        found[str(side)] = len(np.unique(views.reshape(10, -1), axis=0))
    return found


# a quarter of the recipe's lengths
print(different_views((56, 64, 96, 120, 160), 56))

# %% [markdown]
# At the smallest size the square fills the whole picture: all five cuts are the same, and two views are left, the picture and its mirror image. Forty-two views are different.

# %% [markdown]
# **Your turn:** `average_views`. `predict` takes a batch of N images and returns N rows of probabilities; `views` holds V versions of the same batch. Nudges: `hint("average_views")`.

# %% exercise: average_views

# %% [markdown]
# Now the digits. There are no corners worth cutting in 8 by 8 pixels, but there are the nine places of the shift. The net of the experiment above was trained on random shifts. Ask it nine times, once for each place, and average. First on the centred test digits:

# %%
table(MOVED, ("shifts: centred", "shifts: centred, nine views"))
gain = MOVED["shifts: centred, nine views"] - MOVED["shifts: centred"]
print(f"gain per seed, in points: {(100 * gain).round(1)}")

# %% [markdown]
# From 0.930 to 0.956, and better with every one of the five seeds. Nothing was trained anew; the same net was asked nine times. And since nine places are all there are, this is the exact mean over the noise of the training. Now the same idea on the test digits that have been moved already, with 25 further random shifts instead of nine fixed ones. Decide first.

# %% quiz: u11-more-shifts

# %%
table(MOVED, ("shifts: moved", "shifts: moved, 25 more shifts"))

# %% [markdown]
# Average over the noise that the net was *trained* with, around the picture that the training was about. Two shifts of up to one pixel make up to two, and there the explorer's second net was lost. "More views are better" is true of views that the training has covered.

# %% [markdown]
# ## Light and colour
#
# A cloud passes, the light changes, the cup is the same cup. The simple recipe of CS231n L7 randomizes contrast and brightness: stretch all values away from the picture's own mean by a random factor, add one random number, and cut off what is blacker than black or whiter than white.
#
# **Your turn:** `color_jitter`. Nudges: `hint("color_jitter")`.

# %% exercise: color_jitter

# %% [markdown]
# The more complex recipe (Krizhevsky et al. 2012) asks in which directions colours really vary. Take all pixels of the training set as points in the space of red, green and blue, and compute their principal components: the eigenvectors of the $3 \times 3$ covariance matrix. Which direction would you expect to be the longest?

# %%
pixels = np.concatenate([photo.reshape(-1, 3) for photo in PHOTOS])
variances, components = np.linalg.eigh(np.cov(pixels.T))
order = np.argsort(variances)[::-1]
variances, components = variances[order], components[:, order] * np.sign(components[:1, order])
for k in range(3):
    told = f"red {components[0, k]:.2f}, green {components[1, k]:.2f}, blue {components[2, k]:.2f}"
    print(
        f"component {k + 1}: {told}; {100 * variances[k] / variances.sum():.0f} % of the variance"
    )

# %%
fig, axes = plt.subplots(3, 3, figsize=(5.4, 5.6))
for k in range(3):
    for ax, steps in zip(axes[k], (-1.0, 0.0, 1.0), strict=True):
        offset = steps * np.sqrt(variances[k]) * components[:, k]
        ax.imshow(np.clip(PHOTOS.astronaut + offset, 0, 1))
        ax.set_title(f"component {k + 1}: {steps:+.0f} sd".replace("+0", "0"), fontsize=9)
        ax.axis("off")
fig.tight_layout()
plt.show()

# %% [markdown]
# *What to see:* nine times the astronaut; in the first row she gets darker and lighter, in the second warmer and colder, in the third there is only a faint tint, of green or of purple.
#
# The longest direction is that of light: all three channels together. The second trades red for blue, like evening against noon. In the third, green against the other two, real pictures hardly vary, and so an augmentation should not either: independent noise on the three channels would make green skies.
#
# So draw one normal number per component and picture, with standard deviation `sigma`, multiply by the component's scale, and add the resulting colour to all pixels. (Krizhevsky et al. use $\sigma = 0.1$ and the *eigenvalues* as scales. Others use their roots, the standard deviations, as the gallery above does. State which one you mean.)
#
# **Your turn:** `pca_color`. The components are the *columns* of a matrix, as `np.linalg.eigh` returns them. Nudges: `hint("pca_color")`.

# %% exercise: pca_color

# %% [markdown]
# ## Get creative
#
# "Translation, rotation, stretching, shearing, lens distortions, ... (go crazy)", says the slide. All of these are one idea: for each pixel of the result, compute where to look in the original. A rotation looks at turned places, a shear at places pushed sideways in proportion to their height, a bad lens at places that are pulled towards the centre or away from it.

# %%
face = PHOTOS.astronaut
warped = {
    "original": face,
    "rotated by 15°": augment.rotate(face, degrees=15),
    "sheared": augment.shear(face, slope=0.25),
    "pincushion": augment.lens_distortion(face, strength=0.3),
    "barrel": augment.lens_distortion(face, strength=-0.3),
}
show(list(warped.values()), list(warped))
digit = TEST[DIGITS.y_test == 6][0]
turned = {f"{degrees}°": augment.rotate(digit, degrees=degrees) for degrees in (0, 15, 45, 90, 180)}
show(list(turned.values()), list(turned))

# %% [markdown]
# *What to see:* five versions of the astronaut, all of them plainly the astronaut; below, a handwritten 6 turned by 0 to 180 degrees, which ends as a 9.
#
# How crazy may one go? Instead of guessing, one can ask a net that was trained on upright digits what it makes of changed ones. Here are three nets, trained on 1000 digits each. What do they read in mirrored digits, and in digits turned by 180 degrees?


# %%
@recorded
def read_as(seeds: int) -> dict:
    """Shares (true digit, read digit) for mirrored and for turned test digits; (10, 10) each."""
    counts = {"mirrored": np.zeros((10, 10)), "turned by 180°": np.zeros((10, 10))}
    for seed in range(seeds):
        net = trained(unchanged, DIGITS.x_train, DIGITS.y_train, seed=seed, epochs=30)
        for name, images in zip(counts, (TEST[:, :, ::-1], TEST[:, ::-1, ::-1]), strict=True):
            said = probabilities(net, images).argmax(axis=1)
            np.add.at(counts[name], (DIGITS.y_test, said), 1)
    return {name: found / found.sum(axis=1, keepdims=True) for name, found in counts.items()}


READ = read_as(3)
fig, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True)
for ax, (name, shares) in zip(axes, READ.items(), strict=True):
    image = ax.imshow(shares, cmap="cividis", vmin=0, vmax=1)
    ax.set(title=name, xlabel="read as", xticks=range(10), yticks=range(10))
    ax.grid(visible=False)
axes[0].set_ylabel("digit")
fig.colorbar(image, ax=axes, label="share of the digit's test images")
plt.show()
print(f"a 6 turned by 180 degrees is read as a 9: {READ['turned by 180°'][6, 9]:.0%}")
print(f"mirrored and still read right: 0 {READ['mirrored'][0, 0]:.0%}, 4 "
      f"{READ['mirrored'][4, 4]:.0%}, 3 {READ['mirrored'][3, 3]:.0%}, "
      f"5 {READ['mirrored'][5, 5]:.0%}, 7 {READ['mirrored'][7, 7]:.0%}")  # fmt: skip

# %% [markdown]
# *What to see:* two tables of ten by ten squares; only a few squares on the diagonal are bright, among them 0, 4 and 8; in the right one the square for a 6 that is read as a 9 is bright.
#
# A mirrored 0 is a 0. A mirrored 7 is nothing at all, and a turned 6 *is* a 9: turn training digits by 180 degrees, keep their labels, and you teach a contradiction.
#
# Nobody likes to choose strengths by hand. **AutoAugment** (Cubuk et al. 2019) lets a search do it: a policy is a list of operations, each with a probability and a strength; candidate policies are tried on a small task and judged by *validation* accuracy, and the best one trains the large net. The search is expensive, and its result depends on the data: for street numbers it prefers shears and inverted colours, for photographs changes of colour. Two things remain yours: the list of operations to choose from, and an honest validation set.

# %% [markdown]
# ## Cut a hole
#
# A net that recognises cats by their ears alone is fragile. **Cutout** (DeVries and Taylor 2017) sets a random square to zero, so that no single part can be relied on. It is dropout for neighbouring input pixels. CS231n L7 notes that it works well on small data sets like CIFAR and is less common on large ones.
#
# One detail matters. The *centre* of the square is any pixel, so the square may stick out of the picture, and then less is cut. Which pixels would hardly ever be cut if the square always lay inside?
#
# **Your turn:** `cutout`. Mind what a negative number means in a slice, and do not cut holes into the caller's images. Nudges: `hint("cutout")`.

# %% exercise: cutout

# %%
if examine("cutout", cutout).passed:
    show(cutout(np.repeat(THREE, 2, axis=0), size=40, rng=np.random.default_rng(1)))
    often = np.mean(cutout(np.ones((4000, 7, 9, 1)), size=3, rng=np.random.default_rng(0)) == 0, 0)
    print(f"share of 4000 cuts: middle pixel {often[3, 4, 0]:.3f}, corner {often[0, 0, 0]:.3f}")
else:
    print("When your cutout passes its check, pictures with holes appear here.")

# %% [markdown]
# *What to see:* six photographs, each with a black square; some of the squares are cut off by the edge of the picture.
#
# With a square of 3 in 7 by 9 pixels the middle is cut with probability 9/63, about 0.143. A corner is cut only if the centre is one of four pixels: 4/63, about 0.063. Squares that always lie inside would cut a corner in one case of 35, and the middle in nine.

# %% [markdown]
# ## Blend two pictures
#
# Until now the label stayed true. **Mixup** (Zhang et al. 2018) gives that up: it blends two pictures, 40 % cat and 60 % dog, and asks for exactly that, cat 0.4 and dog 0.6. Nobody has ever seen such a picture. What the net learns is to behave *linearly* between its examples, instead of switching from "certainly cat" to "certainly dog" somewhere in the middle.
#
# The partner of picture $i$ is picture `order[i]` of the same batch, usually a random permutation. The share $\lambda$ is drawn anew for each batch, in the paper from a Beta distribution. Both are arguments here, so your function has no chance in it. The targets are rows of shares, one-hot to begin with.
#
# **Your turn:** `mixup`. Nudges: `hint("mixup")`.

# %% exercise: mixup

# %%
if examine("mixup", mixup).passed:
    blends, shares = mixup(THREE, np.eye(3), lam=0.4, order=np.array([1, 2, 0]))
    names = ("cat", "coffee", "astronaut")
    titles = [" + ".join(f"{s:.1f} {n}" for s, n in zip(row, names, strict=True) if s)
              for row in shares]  # fmt: skip
    show(blends, titles, width=2.6)
else:
    print("When your mixup passes its check, three blends with their targets appear here.")

# %% [markdown]
# *What to see:* three double exposures, cat and coffee, coffee and astronaut, astronaut and cat, each with its two shares as a title; the larger share is the clearer picture.

# %% [markdown]
# ## Paste a piece of another
#
# **CutMix** (Yun et al. 2019) puts cutout and mixup together: cut a box out, and fill it with the same box of another picture. No pixel is wasted on black, and every place of the picture looks natural. The target follows the pixels.
#
# > **Find the mistake on this slide.** CS231n L7, "Regularization: CutMix": "Replace random crops of one image with another: e.g. 60% of pixels from cat, 40% from dog. Target label: cat: 0.4, dog: 0.6."

# %% quiz: u11-slide-cutmix

# %% [markdown]
# The share has to be counted where the box really lies. A box that sticks out of the picture replaces fewer pixels than its height times its width, and a target computed from the whole box is wrong every time that happens.
#
# **Your turn:** `cutmix`. `box` is (top, left, height, width), in pixels, the same for the whole batch; `top` and `left` may be negative. Nudges: `hint("cutmix")`.

# %% exercise: cutmix

# %% [markdown]
# And how often does it happen? CutMix draws the share first, makes a box of that share, and puts its *centre* anywhere. Here are 20 000 boxes on 8 by 8 pixels, with the share that was drawn and the share that was pasted:

# %%
rng = np.random.default_rng(0)
drawn = rng.uniform(size=20_000)
sides = np.round(8 * np.sqrt(drawn)).astype(int)
first = rng.integers(8, size=(20_000, 2)) - sides[:, np.newaxis] // 2
inside = np.clip(first + sides[:, np.newaxis], 0, 8) - np.clip(first, 0, 8)
pasted = inside.prod(axis=1) / 64
print(f"boxes that stick out: {np.mean(pasted < sides**2 / 64):.0%}")
print(f"mean share of the box {np.mean(sides**2 / 64):.3f}, mean share pasted {pasted.mean():.3f}")

# %% [markdown]
# Nearly three boxes in four stick out, and on average the partner really gets a third of the picture where the box would claim half of it. Whoever forgets to count again labels most pictures wrong, and nothing crashes. As for the slide: by its pixels the target is cat 0.6, dog 0.4.

# %% [markdown]
# ## A little doubt
#
# Mixed targets are soft. Could plain targets be softer, too? With a one-hot target the cross-entropy is never content: raising the right logit lowers the loss a little more, for ever. The net is paid for being certain, also about labels that are wrong.
#
# **Label smoothing** (Szegedy et al. 2016) spreads a share $\epsilon$ of the certainty evenly over all $K$ classes. In the slide's words, the target is $1 - \frac{K-1}{K}\epsilon$ on the correct category and $\epsilon/K$ on all others.
#
# > **Find what is missing on this slide.** CS231n L7, "Regularization: Label Smoothing", gives this formula and an example with three classes: cat 90 %, dog 5 %, fish 5 %. It does not say which $\epsilon$ it used.

# %% quiz: u11-slide-smoothing

# %% [markdown]
# **Your turn:** `smooth_labels`. The labels come as class numbers, the targets go out as rows. Then `soft_cross_entropy`, the loss of any target distribution $t$, with its gradient:
#
# $$L = -\frac1N \sum_{i} \sum_{k} t_{ik} \log p_{ik}, \qquad p_i = \text{softmax}(s_i).$$
#
# For a one-hot $t$ it is the loss that you know. Nudges: `hint("smooth_labels")` and `hint("soft_cross_entropy")`.

# %% exercise: smooth_labels

# %% exercise: soft_cross_entropy

# %% [markdown]
# What does a little doubt do to the loss? Take ten classes, let the right logit lie $g$ above the nine others, and draw the loss against $g$.

# %%
gap = np.linspace(-2, 12, 281)
certain = np.exp(gap) / (np.exp(gap) + 9)
fig, ax = plt.subplots()
for index, eps in enumerate((0.0, 0.1, 0.3)):
    target = 1 - 0.9 * eps
    loss = -target * np.log(certain) - (1 - target) * np.log((1 - certain) / 9)
    color, _, dash = plots.style_of(index)
    ax.plot(gap, loss, color=color, linestyle=dash, label=f"eps {eps}")
    if eps:
        best = np.log(target / (eps / 10))
        ax.plot(best, np.interp(best, gap, loss), "o", color=color)
        print(f"eps {eps}: least loss at a gap of {best:.2f}, where p = {target:.2f}")
ax.set(xlabel="right logit minus the others, g", ylabel="loss (nats)", ylim=(0, 3.2))
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* three curves that fall from the left; the one without smoothing goes on falling towards 0, the two others have a lowest point, marked by a dot, and rise again.
#
# With smoothing there is a best gap: $\ln\frac{1 - 0.9\,\epsilon}{\epsilon/10}$, which is 4.51 for $\epsilon = 0.1$. Beyond it more certainty costs. The loss there is not 0, because the targets themselves have entropy; so training losses with and without smoothing cannot be compared. And a net that has learned 0.91 will say 0.91 when it is right 99 times out of 100. That is a price, too, and you will see it in a moment.
#
# The slide's example needs $\epsilon = 0.15$: $0.15 / 3 = 0.05$. Many libraries smooth like the slide (PyTorch's `label_smoothing` does). In the other convention the right class keeps $1 - \epsilon$ and the other $K - 1$ share $\epsilon$. Both sum to 1, and for ten classes they hardly differ; state which one you use.

# %% [markdown]
# ## Does it help?
#
# Now all of them on the digits: 100 clean training digits, so that there is a lot to gain, the same net and the same 150 epochs, five seeds. Nothing is done to the test digits. You know the plain net's accuracy, about 0.90. One of the six candidates first:

# %% quiz: u11-flip-digits

# %% [markdown]
# And your guess for the others? Sort them: smoothing with $\epsilon = 0.1$, mixup with $\lambda$ from Beta(0.4, 0.4), CutMix, cutout of 3 by 3, mirrors, shifts by one pixel.


# %%
def mirrors(images, targets, rng):
    return augment.random_flip(images, prob=0.5, rng=rng), targets


def holes(images, targets, rng):
    return augment.cutout(images, size=3, rng=rng), targets


def mixed(images, targets, rng):
    lam, order = rng.beta(0.4, 0.4), rng.permutation(len(images))
    return augment.mixup(images, targets, lam=lam, order=order)


def patched(images, targets, rng):
    order, side = rng.permutation(len(images)), round(8 * np.sqrt(rng.uniform()))
    top, left = (int(place) for place in rng.integers(8, size=2) - side // 2)
    return augment.cutmix(images, targets, box=(top, left, side, side), order=order)


def smoothed(images, targets, rng):
    return images, losses.smooth_labels(targets.argmax(axis=1), classes=10, eps=0.1)


CHANGES = {
    "plain": unchanged, "smoothing": smoothed, "mixup": mixed, "CutMix": patched,
    "cutout": holes, "mirrors": mirrors, "shifts": shifts,
}  # fmt: skip


@recorded
def comparison(names: tuple[str, ...], seeds: int, examples: int, noise: float) -> dict:
    """(loss, accuracy) on the clean test digits for each way to train; arrays (seeds, 2)."""
    x, clean, found = DIGITS.x_train[:examples], DIGITS.y_train[:examples], {}
    how = {"epochs": 80, "lr": 0.02} if noise else {"epochs": 150, "lr": 0.05}
    for name in names:
        for seed in range(seeds):
            rng = np.random.default_rng(100 + seed)
            labels = datasets.noisy_labels(clean, fraction=noise, classes=10, rng=rng)
            said = probabilities(trained(CHANGES[name], x, labels, seed=seed, **how), TEST)
            loss = -np.log(said[np.arange(len(said)), DIGITS.y_test]).mean()
            found.setdefault(name, []).append((float(loss), right(said)))
    return {name: np.array(rows) for name, rows in found.items()}


def report(found: dict) -> None:
    """Means and standard deviations; differences to the plain net, paired by seed."""
    for name, rows in found.items():
        difference = 100 * (rows[:, 1] - found["plain"][:, 1])
        error = difference.std(ddof=1) / np.sqrt(len(rows))
        print(f"{name:>9}: accuracy {rows[:, 1].mean():.3f} ± {rows[:, 1].std(ddof=1):.3f}, "
              f"difference {difference.mean():+.1f} ± {error:.1f} points, "
              f"test loss {rows[:, 0].mean():.2f}")  # fmt: skip


# %%
CLEAN = comparison(tuple(CHANGES), 5, 100, 0.0)
fig, ax = plt.subplots(figsize=(7, 3.4))
for row, name in enumerate(list(CHANGES)[:0:-1]):
    change = 100 * (CLEAN[name][:, 1] - CLEAN["plain"][:, 1])
    ax.plot(change, np.full(len(change), row), "o", color="0.6", markersize=4)
    error = change.std(ddof=1) / np.sqrt(len(change))
    ax.errorbar(change.mean(), row, xerr=error, fmt="D", color=plots.PALETTE[0], capsize=4)
ax.axvline(0, color="black", linewidth=1)
ax.set(yticks=range(6), yticklabels=list(CHANGES)[:0:-1],
       xlabel="test accuracy against the plain net (points)")  # fmt: skip
plt.show()
report(CLEAN)

# %% [markdown]
# *What to see:* six rows of points, one point per seed and a diamond with its standard error for the mean; only smoothing lies around zero, all others lie to the left of it.
#
# Not one of them raises the accuracy by more than its own standard error. Cutout costs 3.9 points, shifts 2.1, mirrors 1.8, and every seed agrees. Mixup and CutMix cost 1.2 and 1.5 points, two to three of their standard errors: likely, not certain. Smoothing leaves the accuracy alone and raises the test loss from 0.34 to 0.47: the doubt that it was taught.
#
# Why so bad? Because here training and test digits come from the same process: centred, upright, cleanly labelled. Augmentation widens the training to cases that this test never asks for, a small net has to fit all of them, and a square of 3 by 3 is a large part of 8 by 8 pixels. None of this speaks against the methods. It speaks against switching them on without looking.
#
# Change one thing: 300 digits, and 30 % of their labels drawn anew. The test labels stay clean.

# %%
NOISY = comparison(("plain", "smoothing", "mixup", "cutout"), 5, 300, 0.3)
report(NOISY)

# %% [markdown]
# The same cutout that cost four points now gains eight. Mixup gains six, smoothing nearly four. What changed? The plain net has begun to learn the wrong labels by heart. A picture that looks different in every epoch is hard to memorise, and a target that is never certain does not reward it. So the question is not whether an augmentation is good. It is what your net suffers from: too few *kinds* of pictures (the moved digits), wrong labels, or nothing at all.

# %% [markdown]
# ## Train with noise, average it out
#
# CS231n L7 collects all of this under two lines. Training: add randomness, $y = f_W(x, z)$. Testing: average it out, $y = E_z[f_W(x, z)]$, perhaps approximately. The list grows slide by slide. Cover the last two columns and fill them in yourself.
#
# | method | noise $z$ in training | at test time | is that the mean over $z$? |
# |---|---|---|---|
# | dropout | which units are there | all units | exact for one layer's input, else approximate |
# | DropConnect | which weights are there | all weights | approximate |
# | stochastic depth | which blocks are there | all blocks | approximate |
# | batch norm | who else is in the batch | fixed statistics | approximate |
# | fractional max pooling | where the regions lie | average over several samples | by sampling |
# | flips, crops, scales | which view | a fixed set of views, averaged | by a few fixed values |
# | colour jitter | which light | the picture as it is | no: the middle value of $z$ |
# | cutout | where the hole is | the whole picture | no: a value that training never used |
# | mixup, CutMix | which partner, which share | the original picture | no: an end value of $z$ |
# | label smoothing | none: the target is changed | the argmax | nothing to average |
#
# In the upper half the pattern holds. In the lower half it only helps to remember the family. The slide lists label smoothing with the others, but there is no $z$ in it. You measured what the difference amounts to: asking for nine views raised the accuracy by 2.6 points, because there the pattern was followed to the letter.

# %% quiz: u11-pattern

# %% [markdown]
# ## What you now know
#
# - An augmentation states what the label does not depend on. If the statement is true for your test, it helps; if it is false, it teaches nonsense; if it is true but never asked for, it costs.
# - Every image draws for itself, from the generator that is handed in.
# - If the picture changes its meaning, the target has to change with it, by the share of pixels that are really there.
# - Average probabilities over views that the training has covered.
# - Smoothing puts a lowest point into the loss. The net becomes modest, which costs test loss where it was right to be certain.
# - A difference counts when it is larger than the spread between seeds; pair the seeds.
#
# ## Traps
#
# - The end of `rng.integers` is not included: the last place of a crop is easily never drawn.
# - `np.roll` is no shift: what leaves on the right comes back on the left.
# - A negative start in a slice counts from the end; a box at the edge disappears.
# - Writing into `images` changes the training set itself: the holes stay for all epochs.
# - Augmenting the test set, or computing components and means from it.
# - Comparing training losses with and without smoothing or mixing.
# - $\epsilon$ has two conventions, and so has "brightness".
#
# ## Read on
#
# - Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks. NeurIPS 2012, section 4.1 (crops, flips, ten views, PCA colour).
# - He, Zhang, Ren, Sun: Deep residual learning for image recognition. CVPR 2016, arXiv 1512.03385.
# - DeVries, Taylor: Improved regularization of convolutional neural networks with Cutout. arXiv 1708.04552.
# - Zhang, Cisse, Dauphin, Lopez-Paz: mixup: Beyond empirical risk minimization. ICLR 2018, arXiv 1710.09412.
# - Yun et al.: CutMix. ICCV 2019, arXiv 1905.04899.
# - Szegedy et al.: Rethinking the Inception architecture for computer vision. CVPR 2016, arXiv 1512.00567, section 7 (label smoothing).
# - Müller, Kornblith, Hinton: When does label smoothing help? NeurIPS 2019, arXiv 1906.02629.
# - Cubuk et al.: AutoAugment. CVPR 2019, arXiv 1805.09501.
# - CS231n L7, "Regularization: Data augmentation" to "Regularization: In practice".
