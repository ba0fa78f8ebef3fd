package dev.tribunal.languagemodel.decoder;

import dev.tribunal.languagemodel.ModelConfiguration;

/**
 * Rotary positions (arXiv 2104.09864): the angle of position {@code p} in dimension {@code i} is
 * {@code p * theta^(-2 i / d)}.
 *
 * @param cosines {@code [positions][d / 2]}, in one row
 * @param sines likewise
 */
record RotaryTable(float[] cosines, float[] sines) {

    static RotaryTable of(ModelConfiguration model) {
        int half = model.headDimension() / 2;
        RotaryTable table =
                new RotaryTable(new float[model.maxPositions() * half], new float[model.maxPositions() * half]);
        for (int i = 0; i < half; i++) {
            // In fp32, as transformers does it: a checkpoint was trained with exactly these angles.
            float frequency = (float) Math.pow(model.ropeTheta(), -2.0 * i / model.headDimension());
            for (int p = 0; p < model.maxPositions(); p++) {
                float angle = p * frequency;
                table.cosines[p * half + i] = (float) Math.cos(angle);
                table.sines[p * half + i] = (float) Math.sin(angle);
            }
        }
        return table;
    }
}
