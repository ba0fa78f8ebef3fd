package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.WeightType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Before the first step a policy is its reference. */
class ReferenceTest {

    private static final List<TokenSequence> SEQUENCES = List.of(
            new TokenSequence(new int[] {5, 9, 77}, new int[] {12, 40, 41}),
            new TokenSequence(new int[] {5, 9, 77}, new int[] {8}),
            new TokenSequence(new int[] {4, 100}, new int[] {101, 102, 103, 104}));

    private final Engine engine = new LocalEngine();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"FP32, false", "FP32, true", "BF16, false", "BF16, true"})
    void theLogRatioOfStepZeroIsZero(Precision precision, boolean adapter) {
        assumeThat(EngineSpeed.isWorthwhile(precision)).isTrue();
        EngineOptions options = EngineOptions.DEFAULT.withPrecision(precision);
        Path start = uneven();
        Lora lora = new Lora(2, 4, Lora.ALL_LINEAR);
        try (LanguageModel policy =
                        adapter ? engine.loadWithNewAdapter(start, options, lora, 1) : engine.load(start, options);
                LanguageModel reference = engine.load(start, options.frozen())) {
            for (double temperature : new double[] {1, 0.7}) {
                try (LanguageModel.ForwardPass pass = policy.forward(SEQUENCES, Wanted.at(temperature))) {
                    List<float[]> of = reference.logProbs(SEQUENCES, temperature);
                    for (int s = 0; s < of.size(); s++) {
                        assertThat(pass.logProbs().get(s)).containsExactly(of.get(s));
                        if (adapter) {
                            assertThat(policy.withoutAdapter()
                                            .logProbs(SEQUENCES, temperature)
                                            .get(s))
                                    .containsExactly(of.get(s));
                        }
                    }
                }
            }
        }
    }

    /** What a frozen model in bf16 saves has its norms as they were. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void aFrozenModelKeepsItsVectors(Precision precision) {
        assumeThat(EngineSpeed.isWorthwhile(precision)).isTrue();
        Path start = uneven();
        EngineOptions options = EngineOptions.DEFAULT.withPrecision(precision).frozen();
        try (LocalLanguageModel frozen = (LocalLanguageModel) engine.load(start, options);
                LocalLanguageModel exact = (LocalLanguageModel) engine.load(start)) {
            exact.local().decoder().layout().tensors().stream()
                    .filter(tensor -> tensor.shape().length == 1)
                    .forEach(tensor -> assertThat(read(frozen, tensor.offset(), (int) tensor.size()))
                            .as(tensor.name())
                            .containsExactly(read(exact, tensor.offset(), (int) tensor.size())));
        }
    }

    private static float[] read(LocalLanguageModel model, long at, int count) {
        return model.local().call(() -> model.local().decoder().readTrained(at, count));
    }

    /** A checkpoint whose norms are no round numbers, so that bf16 would change them. */
    private Path uneven() {
        Path saved = directory.resolve("uneven");
        try (LocalLanguageModel model = (LocalLanguageModel) engine.load(TinyCheckpoint.in(directory, true))) {
            TinyCheckpoint.enlarge(model.local());
            model.local().run(() -> {
                var decoder = model.local().decoder();
                decoder.layout().tensors().stream()
                        .filter(tensor -> tensor.shape().length == 1)
                        .forEach(tensor -> {
                            float[] values = new float[(int) tensor.size()];
                            for (int i = 0; i < values.length; i++) {
                                values[i] = (float) (1 + 0.3 * Math.sin(tensor.offset() + i));
                            }
                            decoder.writeWeights(tensor.offset(), values);
                        });
            });
            model.save(saved, WeightType.F32);
        }
        return saved;
    }
}
