package dev.tribunal.languagemodel.generation;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.PackedBatch;
import dev.tribunal.languagemodel.decoder.Scope;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.languagemodel.sampling.StopRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Samples one call's completions. Each live sample has a slot of the key-value cache; the live ones always fill the
 * slots from 0 on. When one is finished, a sample of the next prompt takes its slot, or else the last live sample moves
 * there and the batch becomes narrower.
 */
public final class Sampler {

    /** Wide batches pay, up to where attention over the cache outweighs the products with the weights. */
    private static final int MOST_SLOTS = 256;
    /** A prompt whose group needs more gets it. */
    private static final long CACHE_BYTES = 1L << 30;

    private static final int PREFILL_TOKENS = 4096;
    /** Attention sees this many positions more at a time: libtorch prepares anew for every shape that it meets. */
    private static final int POSITION_STEP = 16;

    private final Decoder decoder;
    private final ChatTokenizer tokenizer;
    private final Set<Integer> endIds;
    private final List<SamplingRequest> requests;
    private final SamplingOptions options;
    private final SamplingListener listener;
    private final @Nullable Sample[] slots;
    private final int longest;
    private int nextRequest;

    private Sampler(
            Decoder decoder,
            ChatTokenizer tokenizer,
            List<SamplingRequest> requests,
            SamplingOptions options,
            SamplingListener listener) {
        this.decoder = decoder;
        this.tokenizer = tokenizer;
        endIds = endIds(options.stop(), tokenizer);
        this.requests = requests;
        this.options = options;
        this.listener = listener;
        longest = requests.stream()
                        .mapToInt(request -> request.prompt().length)
                        .max()
                        .orElseThrow()
                + options.maxNewTokens();
        slots = new Sample[slotsNeeded()];
    }

    /**
     * Returns when every sample has been handed over.
     *
     * @param tokenizer tells the end-of-sequence tokens, and the text in which stop strings are looked for
     */
    public static void sample(
            Decoder decoder,
            ChatTokenizer tokenizer,
            List<SamplingRequest> requests,
            SamplingOptions options,
            SamplingListener listener) {
        if (!requests.isEmpty()) {
            new Sampler(decoder, tokenizer, requests, options, listener).run();
        }
    }

    private static Set<Integer> endIds(StopRule stop, ChatTokenizer tokenizer) {
        Set<Integer> ids = new HashSet<>(stop.ids());
        if (stop.endOfSequence()) {
            Arrays.stream(tokenizer.endOfSequenceIds()).forEach(ids::add);
        }
        return ids;
    }

    private int slotsNeeded() {
        ModelConfiguration model = decoder.configuration();
        long slotBytes = 2L * 4 * model.layers() * model.keyValueHeads() * model.headDimension() * longest;
        int all = requests.stream()
                .mapToInt(request -> request.randomKeys().length)
                .sum();
        int group = requests.stream()
                .mapToInt(request -> request.randomKeys().length)
                .max()
                .orElseThrow();
        return (int) Math.max(group, Math.min(Math.min(all, MOST_SLOTS), CACHE_BYTES / slotBytes));
    }

    private void run() {
        try {
            try (Scope scope = decoder.newScope()) {
                scope.call("open_cache", scope.number(slots.length), scope.number(longest));
            }
            while (fillSlots() > 0) {
                decode();
            }
        } finally {
            try (Scope scope = decoder.newScope()) {
                scope.call("close_cache");
            }
        }
    }

    /** Lets in the prompts whose samples fit, closes the gaps, and returns how many samples live. */
    private int fillSlots() {
        List<Integer> admitted = admissible();
        while (!admitted.isEmpty()) {
            prefill(admitted);
            admitted = admissible();
        }
        return closeGaps();
    }

    private List<Integer> admissible() {
        List<Integer> admitted = new ArrayList<>();
        long free = Arrays.stream(slots).filter(Objects::isNull).count();
        int tokens = 0;
        while (nextRequest < requests.size()) {
            SamplingRequest next = requests.get(nextRequest);
            free -= next.randomKeys().length;
            tokens += next.prompt().length;
            if (free < 0 || !admitted.isEmpty() && tokens > PREFILL_TOKENS) {
                break;
            }
            admitted.add(nextRequest++);
        }
        return admitted;
    }

    private void prefill(List<Integer> admitted) {
        PackedBatch batch = decoder.packPrompts(
                admitted.stream().map(request -> requests.get(request).prompt()).toList());
        int[] taken = takeSlots(admitted);
        int[] samplePrompts = Arrays.stream(taken)
                .map(slot -> admitted.indexOf(live(slot).prompt()))
                .toArray();
        int[] last =
                IntStream.range(0, admitted.size()).map(batch::lastOfPrompt).toArray();
        int[] tokens = IntStream.of(samplePrompts)
                .flatMap(p -> IntStream.rangeClosed(batch.promptStart(p), last[p]))
                .toArray();
        int[] tokenSlots = IntStream.range(0, taken.length)
                .flatMap(i -> IntStream.rangeClosed(batch.promptStart(samplePrompts[i]), last[samplePrompts[i]])
                        .map(token -> taken[i]))
                .toArray();
        int[] positions = Arrays.stream(tokens).map(batch::position).toArray();
        try (Scope scope = decoder.newScope()) {
            IValue[] packed = decoder.arguments(scope, batch);
            IValue[] drawn = scope.callForTuple(
                    "prefill",
                    packed[0],
                    packed[1],
                    packed[2],
                    scope.tensor(last, last.length),
                    scope.tensor(join(join(tokens, tokenSlots), positions), 3, tokens.length),
                    scope.tensor(samplePrompts, samplePrompts.length),
                    uniforms(scope, taken),
                    scope.number(options.temperature()),
                    scope.number(options.topK()),
                    scope.number(options.topP()));
            add(taken, scope.longs(drawn[0]), scope.floats(drawn[1]));
        }
    }

    /** Puts the samples of the requests into free slots; returns those slots, request by request. */
    private int[] takeSlots(List<Integer> admitted) {
        int[] free = IntStream.range(0, slots.length)
                .filter(slot -> slots[slot] == null)
                .toArray();
        int taken = 0;
        for (int request : admitted) {
            int[] prompt = requests.get(request).prompt();
            long[] keys = requests.get(request).randomKeys();
            for (int s = 0; s < keys.length; s++) {
                int length = requests.get(request).maxNewTokens(s, options);
                slots[free[taken++]] = new Sample(request, s, keys[s], prompt.length, length, newStopSearch());
            }
        }
        return Arrays.copyOf(free, taken);
    }

    private @Nullable StopSearch newStopSearch() {
        List<String> strings = options.stop().strings();
        return strings.isEmpty() ? null : new StopSearch(strings, tokenizer);
    }

    private void decode() {
        int[] all = IntStream.range(0, slots.length)
                .takeWhile(slot -> slots[slot] != null)
                .toArray();
        int[] inputs = join(
                Arrays.stream(all).map(slot -> live(slot).lastId()).toArray(),
                Arrays.stream(all).map(slot -> live(slot).lastPosition()).toArray());
        int last = Arrays.stream(inputs, all.length, 2 * all.length).max().orElseThrow();
        decoder.requireAngles(last + 1);
        int filled = (last / POSITION_STEP + 1) * POSITION_STEP;
        // A part of the cache is copied before it is multiplied with, and the whole is not.
        int positions = 2 * filled > longest ? longest : filled;
        try (Scope scope = decoder.newScope()) {
            IValue[] drawn = scope.callForTuple(
                    "decode",
                    scope.tensor(inputs, 2, all.length),
                    uniforms(scope, all),
                    scope.number(positions),
                    scope.number(options.temperature()),
                    scope.number(options.topK()),
                    scope.number(options.topP()));
            add(all, scope.longs(drawn[0]), scope.floats(drawn[1]));
        }
    }

    /** Gives the samples in these slots their next token, and hands over those that it finishes. */
    private void add(int[] of, long[] ids, float[] logProbs) {
        for (int i = 0; i < of.length; i++) {
            Sample sample = live(of[i]);
            int id = (int) ids[i];
            sample.add(id, logProbs[i]);
            listener.drawn(sample.prompt(), sample.sample(), id);
            boolean ended = endIds.contains(id) || sample.completesStopString();
            if (ended || sample.isFull()) {
                slots[of[i]] = null;
                listener.finished(sample.finished(ended ? FinishReason.STOP : FinishReason.LENGTH));
            }
        }
    }

    private int closeGaps() {
        List<Integer> from = new ArrayList<>();
        List<Integer> to = new ArrayList<>();
        int live = (int) Arrays.stream(slots).filter(Objects::nonNull).count();
        int gap = 0;
        for (int slot = live; slot < slots.length; slot++) {
            if (slots[slot] != null) {
                while (slots[gap] != null) {
                    gap++;
                }
                from.add(slot);
                to.add(gap);
                slots[gap] = slots[slot];
                slots[slot] = null;
            }
        }
        if (!from.isEmpty()) {
            int[] moves = join(
                    from.stream().mapToInt(Integer::intValue).toArray(),
                    to.stream().mapToInt(Integer::intValue).toArray());
            int positions = to.stream()
                    .mapToInt(slot -> live(slot).lastPosition())
                    .max()
                    .orElseThrow();
            try (Scope scope = decoder.newScope()) {
                scope.call("move_slots", scope.tensor(moves, 2, from.size()), scope.number(positions));
            }
        }
        return live;
    }

    private Sample live(int slot) {
        return Objects.requireNonNull(slots[slot]);
    }

    private IValue uniforms(Scope scope, int[] of) {
        float[] uniforms = new float[of.length];
        for (int i = 0; i < of.length; i++) {
            uniforms[i] = live(of[i]).uniform();
        }
        return scope.tensor(uniforms, of.length);
    }

    private static int[] join(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}
