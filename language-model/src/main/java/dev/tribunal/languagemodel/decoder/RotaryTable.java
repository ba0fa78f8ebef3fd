package dev.tribunal.languagemodel.decoder;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.architecture.Rope;

/**
 * Rotary positions (arXiv 2104.09864): the angle of position {@code p} in dimension {@code i} is
 * {@code p * theta^(-2 i / d)}, stretched as {@link Rope.Scaling} says.
 *
 * @param cosines {@code [rows][d / 2]}, in one row
 * @param sines likewise
 */
record RotaryTable(float[] cosines, float[] sines) {

    /** A row for each position in [from, to), with the angles that it has as the last of its sequence. */
    static RotaryTable of(ModelConfiguration model, int from, int to) {
        RotaryTable table = ofRows(to - from, model.headDimension() / 2);
        float[] frequencies = frequencies(model, 0);
        for (int p = from; p < to; p++) {
            if (p >= model.rope().longestUnstretched()) {
                frequencies = frequencies(model, p + 1);
            }
            table.fill(p - from, p, frequencies);
        }
        return table;
    }

    /** A row for each token of a batch, with the angles that it has in its sequence. */
    static RotaryTable of(ModelConfiguration model, PackedBatch batch) {
        RotaryTable table = ofRows(batch.tokens(), model.headDimension() / 2);
        for (int token = 0; token < batch.tokens(); token++) {
            table.fill(token, batch.position(token), frequencies(model, batch.stretchedLength(token)));
        }
        return table;
    }

    private static RotaryTable ofRows(int rows, int half) {
        return new RotaryTable(new float[rows * half], new float[rows * half]);
    }

    private void fill(int row, int position, float[] frequencies) {
        for (int i = 0; i < frequencies.length; i++) {
            float angle = position * frequencies[i];
            cosines[row * frequencies.length + i] = (float) Math.cos(angle);
            sines[row * frequencies.length + i] = (float) Math.sin(angle);
        }
    }

    /**
     * In fp32, step by step as transformers does it: a checkpoint was trained with exactly these angles.
     *
     * @param length of the sequence, if it is stretched
     */
    private static float[] frequencies(ModelConfiguration model, int length) {
        float theta = theta(model, length);
        float[] frequencies = new float[model.headDimension() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = 2f * i / model.headDimension();
            float frequency = 1 / (float) Math.pow(theta, exponent);
            frequencies[i] = switch (model.rope().scaling()) {
                case Rope.None _, Rope.Dynamic _ -> frequency;
                case Rope.Linear(double factor) -> frequency / (float) factor;
                case Rope.Llama3 llama3 -> stretched(frequency, llama3);
            };
        }
        return frequencies;
    }

    private static float theta(ModelConfiguration model, int length) {
        float theta = (float) model.rope().theta();
        if (model.rope().scaling() instanceof Rope.Dynamic(double factor, int original) && length > original) {
            float growth = (float) factor * length / original - (float) (factor - 1);
            double exponent = model.headDimension() / (model.headDimension() - 2.0);
            return theta * (float) Math.pow(growth, exponent);
        }
        return theta;
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
