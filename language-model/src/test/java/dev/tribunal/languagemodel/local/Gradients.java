package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import dev.tribunal.languagemodel.decoder.Decoder;
import tools.jackson.databind.JsonNode;

/** A model's gradient, read out of native memory. */
final class Gradients {

    private Gradients() {}

    /**
     * @param norms of some of the tensors, by name
     * @param tolerance relative
     */
    static void requireNorms(LocalModel model, JsonNode norms, double tolerance) {
        Decoder decoder = model.decoder();
        for (Tensor tensor : decoder.layout().tensors()) {
            if (norms.has(tensor.name())) {
                double expected = norms.path(tensor.name()).asDouble();
                assertThat(norm(model.call(
                                () -> decoder.read(decoder.gradients(), tensor.offset(), (int) tensor.size()))))
                        .as(tensor.name())
                        .isCloseTo(expected, within(tolerance * expected));
            }
        }
    }

    static double norm(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
