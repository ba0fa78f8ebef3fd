package dev.tribunal.languagemodel.decoder;

import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.languagemodel.Rope;

/**
 * Rotary positions (arXiv 2104.09864): the angle of position {@code p} in dimension {@code i} is
 * {@code p * theta^(-2 i / d)}, stretched as {@link Rope.Scaling} says.
 *
 * @param cosines {@code [positions][d / 2]}, in one row
 * @param sines likewise
 */
record RotaryTable(float[] cosines, float[] sines) {

    static RotaryTable of(ModelConfiguration model) {
        float[] frequencies = frequencies(model);
        int half = frequencies.length;
        RotaryTable table =
                new RotaryTable(new float[model.maxPositions() * half], new float[model.maxPositions() * half]);
        for (int i = 0; i < half; i++) {
            for (int p = 0; p < model.maxPositions(); p++) {
                float angle = p * frequencies[i];
                table.cosines[p * half + i] = (float) Math.cos(angle);
                table.sines[p * half + i] = (float) Math.sin(angle);
            }
        }
        return table;
    }

    /** In fp32, step by step as transformers does it: a checkpoint was trained with exactly these angles. */
    private static float[] frequencies(ModelConfiguration model) {
        float[] frequencies = new float[model.headDimension() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = 2f * i / model.headDimension();
            float frequency = 1 / (float) Math.pow((float) model.rope().theta(), exponent);
            frequencies[i] = switch (model.rope().scaling()) {
                case Rope.None _, Rope.Dynamic _ -> frequency;
                case Rope.Linear(double factor) -> frequency / (float) factor;
                case Rope.Llama3 llama3 -> stretched(frequency, llama3);
            };
        }
        return frequencies;
    }

    private static float stretched(float frequency, Rope.Llama3 rope) {
        float wavelength = (float) (2 * Math.PI) / frequency;
        if (wavelength < rope.originalPositions() / rope.highFrequencyFactor()) {
            return frequency;
        }
        if (wavelength > rope.originalPositions() / rope.lowFrequencyFactor()) {
            return frequency / (float) rope.factor();
        }
        float smooth = (rope.originalPositions() / wavelength - (float) rope.lowFrequencyFactor())
                / (float) (rope.highFrequencyFactor() - rope.lowFrequencyFactor());
        return (1 - smooth) * frequency / (float) rope.factor() + smooth * frequency;
    }
}
