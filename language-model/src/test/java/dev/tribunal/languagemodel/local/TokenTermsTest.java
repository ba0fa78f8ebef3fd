package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-probability, entropy and KL of a pass, against plain sums over the vocabulary. */
class TokenTermsTest {

    private static final List<TokenSequence> SEQUENCES = List.of(
            new TokenSequence(new int[] {5, 9, 77}, new int[] {12, 40, 41}),
            new TokenSequence(new int[] {5, 9, 77}, new int[] {8}),
            new TokenSequence(new int[] {4, 100}, new int[] {101, 102, 103, 104}));
    private static final int[] VOCABULARY =
            IntStream.range(0, TinyCheckpoint.VOCABULARY).toArray();

    @TempDir
    private Path directory;

    private LocalLanguageModel model;
    private LanguageModel reference;

    @BeforeEach
    void load() {
        Path start = TinyCheckpoint.in(directory, true);
        Engine engine = new LocalEngine();
        model = (LocalLanguageModel) engine.load(start);
        TinyCheckpoint.enlarge(model.local());
        reference = engine.load(start);
    }

    @AfterEach
    void close() {
        model.close();
        reference.close();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.5, 1.7})
    void aPassGivesWhatSumsOverTheVocabularyGive(double temperature) {
        try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES, new Wanted(temperature, true, reference))) {
            assertThat(pass.logProbs()).usingRecursiveComparison().isEqualTo(model.logProbs(SEQUENCES, temperature));
            for (int s = 0; s < SEQUENCES.size(); s++) {
                for (int t = 0; t < SEQUENCES.get(s).completion().length; t++) {
                    double[] logP = logProbs(model, s, t, temperature);
                    double[] logQ = logProbs(reference, s, t, temperature);
                    double entropy = 0;
                    double kl = 0;
                    for (int v = 0; v < logP.length; v++) {
                        entropy -= Math.exp(logP[v]) * logP[v];
                        kl += Math.exp(logQ[v]) * (logQ[v] - logP[v]);
                    }
                    assertThat((double) pass.logProbs().get(s)[t])
                            .isCloseTo(logP[SEQUENCES.get(s).completion()[t]], within(2e-4));
                    assertThat((double) pass.entropies().get(s)[t]).isCloseTo(entropy, within(2e-4));
                    assertThat((double) pass.tokenKls().get(s)[t]).isCloseTo(kl, within(2e-4));
                    assertThat(kl).isGreaterThan(0.1);
                }
            }
        }
    }

    /** Of all tokens after the first {@code t} of a completion, from the log-probabilities at temperature 1. */
    private static double[] logProbs(LanguageModel model, int sequence, int t, double temperature) {
        TokenSequence of = SEQUENCES.get(sequence);
        int[] prompt = IntStream.concat(
                        Arrays.stream(of.prompt()),
                        Arrays.stream(of.completion()).limit(t))
                .toArray();
        float[] logits = model.nextTokenLogProbs(List.of(prompt), VOCABULARY)[0];
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit / temperature);
        }
        double[] logProbs = new double[logits.length];
        for (int v = 0; v < logits.length; v++) {
            logProbs[v] = logits[v] / temperature - Math.log(total);
        }
        return logProbs;
    }

    @Test
    void theKlToItselfIsZero() {
        try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES, Wanted.LOG_PROBS.withKlFrom(model))) {
            for (float[] kls : pass.tokenKls()) {
                assertThat(kls).containsOnly(0f);
            }
        }
    }

    @Test
    void theModelWithoutItsAdapterMayBeTheReference() {
        Lora lora = new Lora(2, 4, Lora.ALL_LINEAR);
        try (LanguageModel adapted =
                new LocalEngine().loadWithNewAdapter(directory.resolve("tied"), EngineOptions.DEFAULT, lora, 1)) {
            Wanted wanted = Wanted.LOG_PROBS.withKlFrom(adapted.withoutAdapter());
            for (int step = 0; step < 2; step++) {
                try (LanguageModel.ForwardPass pass = adapted.forward(SEQUENCES, wanted)) {
                    for (float[] kls : pass.tokenKls()) {
                        for (float kl : kls) {
                            assertThat(kl > 1e-4).isEqualTo(step > 0);
                        }
                    }
                    pass.backward(TokenSlopes.ofLogProbs(SEQUENCES.stream()
                            .map(sequence -> {
                                double[] slopes = new double[sequence.completion().length];
                                Arrays.fill(slopes, -1);
                                return slopes;
                            })
                            .toList()));
                }
                adapted.step(AdamW.of(0.1, 1));
            }
        }
    }

    @Test
    void whatWasNotWantedIsNotThere() {
        try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES)) {
            assertThatThrownBy(pass::entropies).hasMessage("this forward pass was not asked for entropies");
            assertThatThrownBy(pass::tokenKls).hasMessage("this forward pass was not asked for token KLs");
            List<TokenSlopes> slopes = SEQUENCES.stream()
                    .map(sequence -> {
                        double[] ones = new double[sequence.completion().length];
                        Arrays.fill(ones, 1);
                        return new TokenSlopes(ones, null, ones);
                    })
                    .toList();
            assertThatThrownBy(() -> pass.backward(slopes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("slopes of the entropy for a forward pass that was not asked for it");
        }
        assertThatThrownBy(() -> Wanted.at(0)).hasMessage("temperature is 0.0, but must lie in (0, 10]");
        assertThatThrownBy(() -> model.logProbs(SEQUENCES, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TokenSlopes(new double[2], new double[1], null))
                .hasMessage("2 slopes of log-probabilities, but 1 of tokenKl");
    }

    @Test
    void aReferenceInAnotherPrecisionIsRefused() {
        EngineOptions narrow =
                EngineOptions.DEFAULT.withPrecision(Precision.BF16).frozen();
        try (LanguageModel other = new LocalEngine().load(directory.resolve("tied"), narrow)) {
            assertThatThrownBy(() -> model.forward(SEQUENCES, Wanted.LOG_PROBS.withKlFrom(other)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("klFrom computes in another precision: load both in the same");
        }
    }

    @Test
    void aReferenceOfAnotherVocabularyIsRefused() {
        ModelConfiguration tiny = TinyCheckpoint.configuration(true);
        ModelConfiguration wider =
                new ModelConfiguration("llama", tiny.vocabularySize() + 4, 24, 40, 2, 4, 2, 8, 128, 1e-5, 10_000, true);
        Engine engine = new LocalEngine();
        engine.initialize(wider, TinyCheckpoint.tokenizer(directory), 1, directory.resolve("wider"));
        try (LanguageModel other = engine.load(directory.resolve("wider"))) {
            assertThatThrownBy(() -> model.forward(SEQUENCES, Wanted.LOG_PROBS.withKlFrom(other)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("klFrom has a vocabulary of 264 tokens, and this model of 260");
        }
    }
}
