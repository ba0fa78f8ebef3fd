package dev.tribunal.reward.training.pair;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.reward.training.TrainingPlan;
import dev.tribunal.servicekit.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Looks at pairs as they are read, one after the other, and says what is wrong with them as a whole. It keeps some forty
 * bytes a pair, not the texts.
 *
 * <p>Two pairs <em>contradict</em> each other when they have the same prompt and the same two completions, the other way
 * round: their gradients cancel. A <em>usable</em> pair is one that no other contradicts, counted once however often it
 * is there.
 */
public final class PairSurvey {

    /** Fewer usable pairs are refused: whatever the loss says, they do not tell a preference from chance. */
    public static final int MIN_PAIRS = 10;

    /** Fewer usable pairs are told: no accuracy that is measured on them says much. */
    public static final int FEW_PAIRS = 200;

    /** The share of pairs whose chosen completion is the longer one, or of those where it is the shorter one. */
    private static final double ONE_SIDED = 0.95;

    private static final int FEW_STEPS = 10;

    private final LongList pairs = new LongList();
    private final LongList swapped = new LongList();
    private final LongList prompts = new LongList();
    private int longer;
    private int shorter;
    private @Nullable Long onlyChosen;
    private @Nullable Long onlyRejected;
    private boolean severalChosen;
    private boolean severalRejected;

    /** By its texts. */
    public void add(PreferencePair pair) {
        add(
                key(pair.messages()),
                key(pair.chosen()),
                key(pair.rejected()),
                Integer.compare(pair.chosen().length(), pair.rejected().length()));
    }

    /** By its token ids, which is how the model sees it. */
    void add(TokenPair pair) {
        add(
                pair.prompt(),
                key(pair.chosen()),
                key(pair.rejected()),
                Integer.compare(pair.chosen().length, pair.rejected().length));
    }

    private void add(long prompt, long chosen, long rejected, int compared) {
        pairs.add(CounterRandom.key(prompt, chosen, rejected));
        swapped.add(CounterRandom.key(prompt, rejected, chosen));
        prompts.add(prompt);
        longer += compared > 0 ? 1 : 0;
        shorter += compared < 0 ? 1 : 0;
        severalChosen |= onlyChosen != null && onlyChosen != chosen;
        severalRejected |= onlyRejected != null && onlyRejected != rejected;
        onlyChosen = chosen;
        onlyRejected = rejected;
    }

    public static long key(List<Message> messages) {
        MessageDigest digest = Sha256.create();
        for (Message message : messages) {
            byte[] text = (message.role() + "\0" + message.content()).getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(4).putInt(text.length).flip());
            digest.update(text);
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private static long key(String text) {
        return ByteBuffer.wrap(Sha256.create().digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static long key(int[] ids) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length);
        bytes.asIntBuffer().put(ids);
        return ByteBuffer.wrap(Sha256.create().digest(bytes.array())).getLong();
    }

    int size() {
        return pairs.size;
    }

    /** What was counted; costs two sorts. */
    public Findings findings() {
        long[] sorted = pairs.sorted();
        int distinct = distinct(sorted);
        int contradicted = 0;
        int usable = 0;
        for (int i = 0; i < sorted.length; i++) {
            boolean first = i == 0 || sorted[i] != sorted[i - 1];
            usable += first ? 1 : 0;
        }
        long[] reversed = swapped.sorted();
        for (int i = 0; i < sorted.length; i++) {
            if (Arrays.binarySearch(reversed, sorted[i]) >= 0) {
                contradicted++;
                usable -= i == 0 || sorted[i] != sorted[i - 1] ? 1 : 0;
            }
        }
        return new Findings(
                pairs.size,
                usable,
                contradicted,
                pairs.size - distinct,
                distinct(prompts.sorted()),
                (double) longer / pairs.size,
                (double) shorter / pairs.size,
                !severalChosen,
                !severalRejected);
    }

    private static int distinct(long[] sorted) {
        return (int) Arrays.stream(sorted).distinct().count();
    }

    /**
     * @param contradicted pairs that another one contradicts
     * @param repeated pairs that are there already
     * @param longer the share whose chosen completion is longer than the rejected one
     */
    public record Findings(
            int pairs,
            int usable,
            int contradicted,
            int repeated,
            int prompts,
            double longer,
            double shorter,
            boolean oneChosen,
            boolean oneRejected) {

        /** Why no reward model can be trained on them; null if one can. */
        public @Nullable String refusal() {
            if (usable >= MIN_PAIRS) {
                return null;
            }
            return "has " + count(pairs, "pair") + ", of which " + usable + (usable == 1 ? " is" : " are") + " usable"
                    + (contradicted > 0
                            ? "; " + contradicted + " contradict each other (the same prompt, chosen and"
                                    + " rejected the other way round)"
                            : "")
                    + (repeated > 0 ? "; " + repeated + " repeat an earlier one" : "")
                    + ". At least " + MIN_PAIRS + " are needed, and a useful reward model takes some hundreds";
        }

        /** What to know before believing in the result. */
        public List<Condition> conditions(TrainingPlan plan) {
            List<Condition> found = new ArrayList<>();
            if (usable < FEW_PAIRS) {
                found.add(new Condition(
                        "few-pairs",
                        usable + " usable pairs are too few to learn a preference that holds for other prompts, and the"
                                + " held-out share is too small to tell; give at least " + FEW_PAIRS));
            }
            if (contradicted > 0) {
                found.add(new Condition(
                        "contradicting-pairs",
                        contradicted + " of " + count(pairs, "pair")
                                + " contradict another one (the same prompt, chosen"
                                + " and rejected the other way round): these cancel each other; keep one of the two"));
            }
            if (repeated > 0) {
                found.add(new Condition(
                        "repeated-pairs",
                        repeated + " of " + count(pairs, "pair")
                                + " repeat an earlier one, and weigh as often as they are there; keep one of each"));
            }
            if (prompts == 1) {
                found.add(new Condition(
                        "one-prompt",
                        "all pairs have the same prompt: none can be held out, and what is learned may hold for that"
                                + " prompt alone"));
            }
            if (oneChosen || oneRejected) {
                found.add(new Condition(
                        "one-text",
                        "every " + (oneChosen ? "chosen" : "rejected")
                                + " completion is the same text: the reward model"
                                + " can learn that text and nothing else"));
            }
            if (longer >= ONE_SIDED || shorter >= ONE_SIDED) {
                found.add(new Condition(
                        "length-decides",
                        String.format(
                                Locale.ROOT,
                                "in %.0f %% of the pairs the chosen completion is the %s one: a reward model of length"
                                        + " alone fits them; add pairs where it is not",
                                100 * Math.max(longer, shorter),
                                longer >= ONE_SIDED ? "longer" : "shorter")));
            }
            plan(plan, found);
            return found;
        }

        private void plan(TrainingPlan plan, List<Condition> found) {
            int held = plan.validationShare() == 0 || prompts == 1
                    ? 0
                    : (int) Math.max(1, Math.round(plan.validationShare() * pairs));
            int training = pairs - held;
            int steps = plan.epochs() * Math.ceilDiv(training, plan.batchSize());
            if (plan.batchSize() > training) {
                found.add(new Condition(
                        "batch-larger-than-data",
                        "batchSize is " + plan.batchSize() + ", but there are some " + training
                                + " pairs to train on: an epoch is one step; lower batchSize"));
            }
            if (steps < FEW_STEPS) {
                found.add(new Condition(
                        "few-steps",
                        "the training has " + count(steps, "step") + " in all; raise epochs or lower batchSize"));
            }
            if (plan.warmupSteps() >= steps) {
                found.add(new Condition(
                        "warmup-never-ends",
                        "warmupSteps is " + plan.warmupSteps() + ", but there are only " + count(steps, "step")
                                + ": the learning rate never reaches " + plan.learningRate()));
            }
        }

        private static String count(int count, String what) {
            return count + " " + what + (count == 1 ? "" : "s");
        }
    }

    /** Grows without boxing. */
    private static final class LongList {

        private long[] values = new long[64];
        private int size;

        void add(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        long[] sorted() {
            long[] sorted = Arrays.copyOf(values, size);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
