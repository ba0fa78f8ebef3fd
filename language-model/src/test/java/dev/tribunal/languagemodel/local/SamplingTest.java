package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.languagemodel.sampling.StopRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingTest {

    @TempDir
    private static Path directory;

    private static LocalLanguageModel model;

    @BeforeAll
    static void load() {
        model = (LocalLanguageModel) new LocalEngine().load(TinyCheckpoint.in(directory, true));
        TinyCheckpoint.enlarge(model.local());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 2})
    void tokensComeAsOftenAsTheirProbabilitySays(double temperature) {
        int draws = 4000;
        int[] prompt = {65, 66, 67};
        int[] counts = new int[TinyCheckpoint.VOCABULARY];
        for (SampledCompletion drawn :
                sample(List.of(request(prompt, 1, draws)), new SamplingOptions(1, temperature))) {
            counts[drawn.ids()[0]]++;
        }
        double[] probabilities = tempered(prompt, temperature);
        // Three bins, each of the most probable tokens left that make up at least a fifth.
        List<Integer> likeliest = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble(id -> -probabilities[id]))
                .toList();
        int next = 0;
        for (int bin = 0; bin < 3; bin++) {
            double expected = 0;
            double seen = 0;
            while (expected < 0.2) {
                expected += probabilities[likeliest.get(next)];
                seen += counts[likeliest.get(next++)];
            }
            // Four standard deviations; the keys are fixed, so it cannot fail by chance.
            double deviation = Math.sqrt(expected * (1 - Math.min(1, expected)) / draws);
            assertThat(seen / draws).isCloseTo(expected, within(4 * deviation + 1e-4));
        }
    }

    private static double[] tempered(int[] prompt, double temperature) {
        float[] logProbs = model.nextTokenLogProbs(
                        List.of(prompt),
                        IntStream.range(0, TinyCheckpoint.VOCABULARY).toArray())[0];
        double[] weights = new double[logProbs.length];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(logProbs[i] / temperature);
            sum += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
        return weights;
    }

    @Test
    void aSampleDoesNotDependOnWhatElseIsInTheBatch() {
        // More samples than slots, so that slots change hands and samples change slots.
        List<SamplingRequest> requests = IntStream.range(0, 80)
                .mapToObj(p -> request(prompt(p), 100L * p, 4))
                .toList();
        SamplingOptions options = new SamplingOptions(30, 1, 200, 0.999, StopRule.END_OF_SEQUENCE);
        List<SampledCompletion> together = sample(requests, options);
        assertThat(together).hasSize(320);
        assertThat(together.stream().map(c -> c.prompt() * 4 + c.sample()).distinct())
                .hasSize(320);
        assertThat(together).anyMatch(c -> c.finishReason() == FinishReason.STOP);
        for (int p : new int[] {0, 7, 40, 79}) {
            for (SampledCompletion alone : sample(List.of(requests.get(p)), options)) {
                SampledCompletion among = together.stream()
                        .filter(c -> c.prompt() == p && c.sample() == alone.sample())
                        .findFirst()
                        .orElseThrow();
                assertThat(among.ids()).containsExactly(alone.ids());
                assertThat(among.logProbs()).usingComparatorWithPrecision(1e-4f).containsExactly(alone.logProbs());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.7, 1})
    void recordedLogProbsAreThoseOfAForwardPass(double temperature) {
        List<SamplingRequest> requests =
                IntStream.range(0, 12).mapToObj(p -> request(prompt(p), p, 3)).toList();
        List<SampledCompletion> sampled = sample(requests, new SamplingOptions(20, temperature));
        List<float[]> logProbs = model.logProbs(
                sampled.stream()
                        .map(c -> new TokenSequence(requests.get(c.prompt()).prompt(), c.ids()))
                        .toList(),
                temperature == 0 ? 1 : temperature);
        for (int s = 0; s < sampled.size(); s++) {
            assertThat(sampled.get(s).logProbs())
                    .usingComparatorWithPrecision(1e-4f)
                    .containsExactly(logProbs.get(s));
        }
    }

    @Test
    void greedyTakesTheMostProbableToken() {
        int[] prompt = prompt(3);
        float[] logProbs = model.nextTokenLogProbs(
                        List.of(prompt),
                        IntStream.range(0, TinyCheckpoint.VOCABULARY).toArray())[0];
        SampledCompletion greedy = sample(List.of(request(prompt, 5, 1)), new SamplingOptions(1, 0))
                .getFirst();
        assertThat(logProbs[greedy.ids()[0]]).isEqualTo(max(logProbs));
    }

    @Test
    void aCompletionStopsAtItsEndTokenOrItsLength() {
        for (SampledCompletion completion : sample(
                IntStream.range(0, 60).mapToObj(p -> request(prompt(p), p, 2)).toList(), new SamplingOptions(25, 2))) {
            int[] ids = completion.ids();
            boolean ended = ids[ids.length - 1] == TinyCheckpoint.END;
            assertThat(completion.finishReason()).isEqualTo(ended ? FinishReason.STOP : FinishReason.LENGTH);
            assertThat(ended || ids.length == 25).isTrue();
            assertThat(IntStream.of(ids).limit(ids.length - 1)).doesNotContain(TinyCheckpoint.END);
            assertThat(completion.logProbs()).hasSameSizeAs(ids);
        }
    }

    @Test
    void onlyTheMostProbableTokensAreDrawn() {
        int[] prompt = prompt(5);
        float[] logProbs = model.nextTokenLogProbs(
                        List.of(prompt),
                        IntStream.range(0, TinyCheckpoint.VOCABULARY).toArray())[0];
        List<Integer> likeliest = IntStream.range(0, logProbs.length)
                .boxed()
                .sorted(Comparator.comparingDouble(id -> -logProbs[id]))
                .toList();
        SamplingOptions three = new SamplingOptions(1, 1, 3, 1, StopRule.END_OF_SEQUENCE);
        assertThat(sample(List.of(request(prompt, 1, 300)), three))
                .allSatisfy(c -> assertThat(c.logProbs()[0]).isCloseTo(logProbs[c.ids()[0]], within(1e-4f)))
                .extracting(c -> c.ids()[0])
                .hasSameElementsAs(likeliest.subList(0, 3))
                .contains(likeliest.get(2));
    }

    @Test
    void samplesMayDifferInLength() {
        SamplingRequest request = new SamplingRequest(prompt(2), new long[] {1, 2, 3}, new int[] {1, 7, 99});
        assertThat(sample(List.of(request), new SamplingOptions(20, 2, StopRule.NEVER)))
                .allMatch(c -> c.finishReason() == FinishReason.LENGTH)
                .extracting(c -> c.ids().length)
                .containsExactlyInAnyOrder(1, 7, 20);
    }

    @Test
    void aFurtherTokenMayEndACompletion() {
        List<SamplingRequest> requests =
                IntStream.range(0, 40).mapToObj(p -> request(prompt(p), p, 2)).toList();
        List<SampledCompletion> whole = sample(requests, new SamplingOptions(25, 2, StopRule.NEVER));
        int stop = whole.getFirst().ids()[3];
        Map<String, SampledCompletion> stopped =
                byPlace(sample(requests, new SamplingOptions(25, 2, new StopRule(false, Set.of(stop), List.of()))));
        for (SampledCompletion completion : whole) {
            int end = IntStream.range(0, 25)
                    .filter(t -> completion.ids()[t] == stop)
                    .findFirst()
                    .orElse(24);
            assertThat(Objects.requireNonNull(stopped.get(place(completion))).ids())
                    .containsExactly(Arrays.copyOf(completion.ids(), end + 1));
        }
    }

    @Test
    void aStopStringEndsACompletionWithTheTokenThatCompletesIt() {
        List<SamplingRequest> requests =
                IntStream.range(0, 40).mapToObj(p -> request(prompt(p), p, 2)).toList();
        List<SampledCompletion> whole = sample(requests, new SamplingOptions(25, 2, StopRule.NEVER));
        // Tokens are bytes, so that it takes two of them.
        String stop = whole.stream()
                .flatMap(c -> Pattern.compile("[!-~]{2}").matcher(text(c, 25)).results())
                .findFirst()
                .orElseThrow()
                .group();
        StopRule rule = new StopRule(false, Set.of(), List.of("never in it", stop));
        Map<String, SampledCompletion> stopped = byPlace(sample(requests, new SamplingOptions(25, 2, rule)));
        assertThat(stopped.values()).anyMatch(c -> c.finishReason() == FinishReason.STOP);
        for (SampledCompletion completion : whole) {
            SampledCompletion other = Objects.requireNonNull(stopped.get(place(completion)));
            int end = IntStream.rangeClosed(1, 25)
                    .filter(t -> text(completion, t).contains(stop))
                    .findFirst()
                    .orElse(25);
            assertThat(other.ids()).containsExactly(Arrays.copyOf(completion.ids(), end));
            assertThat(other.finishReason())
                    .isEqualTo(text(completion, end).contains(stop) ? FinishReason.STOP : FinishReason.LENGTH);
        }
    }

    @Test
    void tokensAreToldAsTheyAreDrawn() {
        Map<String, List<Integer>> told = new HashMap<>();
        List<SampledCompletion> finished = new ArrayList<>();
        List<SamplingRequest> requests =
                IntStream.range(0, 12).mapToObj(p -> request(prompt(p), p, 3)).toList();
        model.sample(requests, new SamplingOptions(20, 1), new SamplingListener() {
            @Override
            public void drawn(int prompt, int sample, int id) {
                told.computeIfAbsent(prompt + "-" + sample, place -> new ArrayList<>())
                        .add(id);
            }

            @Override
            public void finished(SampledCompletion completion) {
                finished.add(completion);
                assertThat(told.get(place(completion))).hasSize(completion.ids().length);
            }
        });
        assertThat(finished)
                .hasSize(36)
                .allSatisfy(c -> assertThat(told.get(place(c)))
                        .containsExactlyElementsOf(IntStream.of(c.ids()).boxed().toList()));
    }

    private static String text(SampledCompletion completion, int tokens) {
        return model.tokenizer().decode(Arrays.copyOf(completion.ids(), tokens));
    }

    private static Map<String, SampledCompletion> byPlace(List<SampledCompletion> completions) {
        return completions.stream().collect(Collectors.toMap(SamplingTest::place, Function.identity()));
    }

    private static String place(SampledCompletion completion) {
        return completion.prompt() + "-" + completion.sample();
    }

    @Test
    void whatTheReceiverThrowsReachesTheCallerWithItsStack() {
        assertThatThrownBy(
                        () -> model.sample(List.of(request(prompt(1), 1, 2)), new SamplingOptions(3, 1), completion -> {
                            throw new IllegalArgumentException("enough");
                        }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("enough")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()[0].getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(SamplingTest.class.getName())));
        assertThat(sample(List.of(request(prompt(1), 1, 2)), new SamplingOptions(3, 1)))
                .hasSize(2);
    }

    @Test
    void theReceiverMayNotCallTheModel() {
        assertThatThrownBy(() -> model.sample(
                        List.of(request(prompt(1), 1, 1)),
                        new SamplingOptions(1, 1),
                        completion -> model.logProbs(List.of(new TokenSequence(prompt(1), completion.ids())))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("from its own thread");
    }

    @Test
    void modelsOfOneProcessWorkAtTheSameTime() {
        List<SamplingRequest> requests =
                IntStream.range(0, 20).mapToObj(p -> request(prompt(p), p, 4)).toList();
        SamplingOptions options = new SamplingOptions(20, 0);
        try (LocalLanguageModel other = (LocalLanguageModel) new LocalEngine().load(directory.resolve("tied"))) {
            TinyCheckpoint.enlarge(other.local());
            Map<String, int[]> apart = new ConcurrentHashMap<>();
            Stream.of(model, other).parallel().forEach(one -> {
                String name = one == model ? "one" : "other";
                one.sample(requests, options, c -> apart.put(name + c.prompt() + "-" + c.sample(), c.ids()));
            });
            assertThat(apart).hasSize(160);
            apart.forEach((key, ids) -> assertThat(ids).isEqualTo(apart.get(key.replace("other", "one"))));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        SamplingOptions options = new SamplingOptions(100, 1);
        assertThatThrownBy(() -> sample(List.of(request(new int[29], 1, 1)), options))
                .hasMessage("a prompt of 29 tokens and 100 more exceed the model's 128 positions");
        assertThatThrownBy(() -> sample(List.of(request(new int[] {260}, 1, 1)), options))
                .hasMessage("there is no token 260 in a vocabulary of 260");
    }

    private static List<SampledCompletion> sample(List<SamplingRequest> requests, SamplingOptions options) {
        List<SampledCompletion> completions = new ArrayList<>();
        model.sample(requests, options, completions::add);
        return completions;
    }

    /** Of lengths from 1 to 20. */
    private static int[] prompt(int index) {
        return IntStream.range(0, 1 + (index * 7) % 20)
                .map(t -> 4 + (31 * index + 17 * t) % 256)
                .toArray();
    }

    private static SamplingRequest request(int[] prompt, long firstKey, int samples) {
        return new SamplingRequest(
                prompt,
                LongStream.range(firstKey, firstKey + samples)
                        .map(CounterRandom::key)
                        .toArray());
    }

    private static float max(float[] values) {
        float max = values[0];
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }
}
