package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is saved after some steps goes on bit for bit as if it had never stopped. */
class ResumeTest {

    private static final Engine ENGINE = new LocalEngine();
    private static final Lora LORA = new Lora(2, 5, Lora.ALL_LINEAR);
    private static final AdamW ADAM_W = new AdamW(1e-2, 1, 0.9, 0.99, 1e-8, 0.01);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"FP32, false, false", "FP32, true, true", "BF16, false, true", "BF16, true, false"})
    void sixStepsAreThreeAndThree(Precision precision, boolean adapter, boolean recompute) throws Exception {
        assumeThat(EngineSpeed.isWorthwhile(precision)).isTrue();
        EngineOptions options = EngineOptions.DEFAULT.withPrecision(precision).withActivationCheckpointing(recompute);
        Path start = TinyCheckpoint.in(directory, true);
        try (LanguageModel model =
                        adapter ? ENGINE.loadWithNewAdapter(start, options, LORA, 5) : ENGINE.load(start, options);
                LanguageModel reference = ENGINE.load(start, options.frozen())) {
            train(model, reference, 0);
            save(model, "stopped");
            train(model, reference, 3);
            save(model, "whole");
        }
        // What lies elsewhere in memory must not matter.
        float[][] ballast = new float[57][1001];
        try (LanguageModel reference = ENGINE.load(start, options.frozen());
                LanguageModel model = adapter
                        ? ENGINE.loadWithAdapter(start, options, directory.resolve("stopped/adapter"))
                        : ENGINE.load(directory.resolve("stopped/model"), options)) {
            model.loadOptimizerState(directory.resolve("stopped/optimizer.safetensors"));
            save(model, "loaded");
            train(model, reference, 3);
            save(model, "resumed");
        }
        assertThat(ballast).hasDimensions(57, 1001);
        requireSame("loaded", "stopped", adapter);
        requireSame("resumed", "whole", adapter);
        String trained = adapter ? "adapter/adapter_model.safetensors" : "model/model.safetensors";
        assertThat(bytes("whole", trained)).isNotEqualTo(bytes("stopped", trained));
    }

    @Test
    void aCriticGoesOnToo() throws Exception {
        Path start = TinyCheckpoint.in(directory, true);
        try (ScoringModel critic = ENGINE.withHead(start, List.of("value", "cost"), 9, EngineOptions.DEFAULT)) {
            train(critic, 0);
            save(critic, "stopped");
            train(critic, 3);
            save(critic, "whole");
        }
        try (ScoringModel critic = ENGINE.loadScoring(directory.resolve("stopped/model"))) {
            assertThat(critic.labels()).containsExactly("value", "cost");
            critic.loadOptimizerState(directory.resolve("stopped/optimizer.safetensors"));
            train(critic, 3);
            save(critic, "resumed");
        }
        requireSame("resumed", "whole", false);
    }

    /** Three steps on what the model samples, with every term of the loss, in batches of uneven sizes. */
    private static void train(LanguageModel model, LanguageModel reference, int from) {
        for (int step = from; step < from + 3; step++) {
            List<SampledCompletion> sampled = new ArrayList<>();
            int[] prompt = {5, 9, 77, step};
            model.sample(
                    List.of(new SamplingRequest(prompt, new long[] {step, 10 + step, 20 + step, 30 + step, 40 + step})),
                    new SamplingOptions(3 + 5 * step, 0.9),
                    sampled::add);
            sampled.sort((a, b) -> Integer.compare(a.sample(), b.sample()));
            List<TokenSequence> sequences = sampled.stream()
                    .map(sample -> new TokenSequence(prompt, sample.ids()))
                    .toList();
            Wanted wanted = new Wanted(0.9, true, reference);
            for (List<TokenSequence> batch : List.of(sequences.subList(0, 2), sequences.subList(2, 5))) {
                try (LanguageModel.ForwardPass pass = model.forward(batch, wanted)) {
                    pass.backward(IntStream.range(0, batch.size())
                            .mapToObj(s -> slopes(pass, s))
                            .toList());
                }
            }
            model.step(ADAM_W);
        }
    }

    private static TokenSlopes slopes(LanguageModel.ForwardPass pass, int sequence) {
        float[] logProbs = pass.logProbs().get(sequence);
        double[] kl = new double[logProbs.length];
        Arrays.fill(kl, 0.1);
        double[] entropy = new double[logProbs.length];
        Arrays.fill(entropy, -0.01);
        double[] logProb = new double[logProbs.length];
        for (int t = 0; t < logProb.length; t++) {
            logProb[t] = Math.sin(100 * logProbs[t]); // whatever differs shows
        }
        return new TokenSlopes(logProb, kl, entropy);
    }

    private static void train(ScoringModel critic, int from) {
        for (int step = from; step < from + 3; step++) {
            List<TokenSequence> sequences = List.of(
                    new TokenSequence(new int[] {5, step}, new int[] {12, 40, step}),
                    new TokenSequence(new int[] {7}, new int[] {step + 1}));
            try (ScoringModel.ValuePass pass = critic.forwardValues(sequences)) {
                pass.backward(pass.values().stream()
                        .map(ofLabels -> Arrays.stream(ofLabels)
                                .map(values -> IntStream.range(0, values.length)
                                        .mapToDouble(t -> values[t] - 1)
                                        .toArray())
                                .toArray(double[][]::new))
                        .toList());
            }
            critic.step(ADAM_W);
        }
    }

    private void save(LanguageModel model, String name) {
        model.save(directory.resolve(name + "/model"), WeightType.F32);
        model.saveOptimizerState(directory.resolve(name + "/optimizer.safetensors"));
        if (model.hasAdapter()) {
            model.saveAdapter(directory.resolve(name + "/adapter"));
        }
    }

    private void save(ScoringModel critic, String name) {
        critic.save(directory.resolve(name + "/model"), WeightType.F32);
        critic.saveOptimizerState(directory.resolve(name + "/optimizer.safetensors"));
    }

    private void requireSame(String actual, String expected, boolean adapter) throws IOException {
        assertThat(bytes(actual, "model/model.safetensors")).isEqualTo(bytes(expected, "model/model.safetensors"));
        assertThat(bytes(actual, "optimizer.safetensors")).isEqualTo(bytes(expected, "optimizer.safetensors"));
        if (adapter) {
            assertThat(bytes(actual, "adapter/adapter_model.safetensors"))
                    .isEqualTo(bytes(expected, "adapter/adapter_model.safetensors"));
        }
    }

    private byte[] bytes(String name, String file) throws IOException {
        return Files.readAllBytes(directory.resolve(name).resolve(file));
    }
}
