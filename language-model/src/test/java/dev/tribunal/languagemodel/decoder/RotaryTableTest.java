package dev.tribunal.languagemodel.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.architecture.Attention;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.architecture.Rope;
import dev.tribunal.languagemodel.checkpoint.RandomWeights;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RotaryTableTest {

    /** A head so wide that a few positions are many angles. */
    private static ModelConfiguration model(Rope.Scaling scaling) {
        return new ModelConfiguration(
                "llama", 16, 8, 8, 1, 1, 1, 1 << 16, 300, 1e-5, new Rope(10_000, scaling), Attention.plain(1), true);
    }

    @Test
    void partsAreTheWhole() {
        for (Rope.Scaling scaling : List.of(new Rope.None(), new Rope.Linear(2), new Rope.Dynamic(2, 7))) {
            RotaryTable whole = RotaryTable.of(model(scaling), 0, 12);
            RotaryTable first = RotaryTable.of(model(scaling), 0, 5);
            RotaryTable rest = RotaryTable.of(model(scaling), 5, 12);
            assertThat(Arrays.copyOf(whole.cosines(), first.cosines().length)).isEqualTo(first.cosines());
            assertThat(Arrays.copyOfRange(whole.sines(), first.sines().length, whole.sines().length))
                    .isEqualTo(rest.sines());
        }
    }

    @Test
    void theTableGrowsWithTheLongestSequence() {
        ModelConfiguration model = model(new Rope.None());
        WeightLayout layout = WeightLayout.of(model, new Head.Tied());
        ModelThread thread = new ModelThread("angles");
        try {
            thread.run(() -> {
                try (Decoder all = decoder(model, layout);
                        Decoder grown = decoder(model, layout)) {
                    all.requireAngles(300);
                    logProbs(grown, 5);
                    logProbs(grown, 100);
                    assertThat(logProbs(grown, 290)).isEqualTo(logProbs(all, 290));
                }
            });
        } finally {
            thread.close(() -> {});
        }
    }

    private static Decoder decoder(ModelConfiguration model, WeightLayout layout) {
        Decoder decoder = new Decoder(model, layout, OptionalInt.empty(), EngineOptions.DEFAULT.frozen(), null);
        RandomWeights random = new RandomWeights(3, model.layers());
        for (Tensor tensor : layout.tensors()) {
            decoder.writeWeights(tensor.offset(), random.read(tensor, 0, (int) tensor.size()));
        }
        return decoder;
    }

    private static float[] logProbs(Decoder decoder, int length) {
        int[] prompt = IntStream.range(0, length - 1).map(i -> i % 16).toArray();
        try (Scope scope = decoder.newScope()) {
            var packed = decoder.arguments(scope, decoder.pack(List.of(new TokenSequence(prompt, new int[] {3}))));
            return scope.floats(scope.callForTuple(
                            "log_probs",
                            packed[0],
                            packed[1],
                            packed[2],
                            scope.tensor(new int[] {length - 2}, 1),
                            scope.tensor(new int[] {3}, 1, 1),
                            scope.number(1.0),
                            scope.flag(false),
                            scope.list(List.of()),
                            scope.flag(false))[0]);
        }
    }
}
