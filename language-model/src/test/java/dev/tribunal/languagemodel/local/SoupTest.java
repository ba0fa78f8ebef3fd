package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.SoupPart;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightedMean;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoupTest {

    private static final List<TokenSequence> SEQUENCES =
            List.of(new TokenSequence(new int[] {5, 9, 77}, new int[] {12, 40, 41}));

    private final Engine engine = new LocalEngine();

    @TempDir
    private Path directory;

    private Path first;
    private Path second;

    @BeforeEach
    void make() {
        first = TinyCheckpoint.in(directory, true);
        second = directory.resolve("second");
        engine.initialize(TinyCheckpoint.configuration(true), TinyCheckpoint.tokenizer(directory), 8, second);
    }

    @Test
    void theMeanIsTakenNumberByNumber() {
        WeightLayout.Tensor tensor = new WeightLayout.Tensor("t", new long[] {2}, 0);
        WeightedMean mean = new WeightedMean(
                List.of((t, offset, count) -> new float[] {1, 3}, (t, offset, count) -> new float[] {3, -1}),
                new double[] {0.5, 0.5});
        assertThat(mean.read(tensor, 0, 2)).containsExactly(2, 1);
    }

    @Test
    void aSoupOfOneModelIsThatModel() throws Exception {
        soup("whole", new SoupPart(first, 0), new SoupPart(second, 1));
        assertThat(weights("whole")).isEqualTo(weights("second")).isNotEqualTo(weights("tied"));
        soup("itself", new SoupPart(first, 0.3), new SoupPart(first, 0.9), new SoupPart(first, -0.2));
        assertThat(weights("itself")).isEqualTo(weights("tied"));
    }

    @Test
    void aSoupOfTwoIsBetweenThem() throws Exception {
        soup("mean", new SoupPart(first, 0.25), new SoupPart(second, 0.75));
        float[] a = floats("tied");
        float[] b = floats("second");
        float[] mean = floats("mean");
        assertThat(mean).hasSameSizeAs(a);
        for (int i = 0; i < a.length; i++) {
            assertThat(mean[i]).isEqualTo((float) (0.25 * a[i] + 0.75 * b[i]));
        }
        try (LanguageModel soup = engine.load(directory.resolve("mean"))) {
            assertThat(soup.logProbs(SEQUENCES)).hasSize(1);
        }
    }

    @Test
    void anAdapterIsMergedFirst() throws Exception {
        Lora lora = new Lora(2, 4, Lora.ALL_LINEAR);
        try (LanguageModel adapted = engine.loadWithNewAdapter(first, EngineOptions.DEFAULT, lora, 1)) {
            try (LanguageModel.ForwardPass pass = adapted.forward(SEQUENCES)) {
                pass.backward(TokenSlopes.ofLogProbs(List.of(new double[] {-1, -1, -1})));
            }
            adapted.step(AdamW.of(0.1, 1));
            adapted.saveAdapter(directory.resolve("adapter"));
            adapted.save(directory.resolve("merged"), WeightType.F32);
        }
        soup("ofAdapter", new SoupPart(first, directory.resolve("adapter"), 0.5), new SoupPart(second, 0.5));
        soup("ofMerged", new SoupPart(directory.resolve("merged"), 0.5), new SoupPart(second, 0.5));
        assertThat(weights("ofAdapter")).isEqualTo(weights("ofMerged")).isNotEqualTo(weights("merged"));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Path untied = TinyCheckpoint.in(directory, false);
        assertThatThrownBy(() -> soup("bad", new SoupPart(first, 0.5), new SoupPart(untied, 0.5)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("untied is of another shape than ");
        assertThatThrownBy(() -> soup("bad", new SoupPart(first, 0.5), new SoupPart(second, 0.4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the weights of 2 models add up to 0.9, but must add up to 1");
        assertThatThrownBy(this::soupOfNothing).hasMessageContaining("the weights of 0 models add up to 0.0");
        assertThatThrownBy(() -> new SoupPart(first, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThat(directory.resolve("bad")).doesNotExist();
    }

    private void soupOfNothing() {
        soup("bad");
    }

    private void soup(String name, SoupPart... parts) {
        engine.soup(List.of(parts), null, directory.resolve(name));
    }

    private byte[] weights(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name).resolve("model.safetensors"));
    }

    private float[] floats(String name) {
        try (LocalLanguageModel model = (LocalLanguageModel) engine.load(directory.resolve(name))) {
            var decoder = model.local().decoder();
            return model.local()
                    .call(() -> decoder.readTrained(0, (int) decoder.layout().size()));
        }
    }
}
