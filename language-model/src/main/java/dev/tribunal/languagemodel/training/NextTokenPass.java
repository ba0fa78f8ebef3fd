package dev.tribunal.languagemodel.training;

import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.PackedBatch;
import dev.tribunal.languagemodel.decoder.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Log-probabilities of candidates for the next token after each of several prompts. */
public final class NextTokenPass {

    private NextTokenPass() {}

    /** {@code [prompts][candidates]} */
    public static float[][] logProbs(Decoder decoder, List<int[]> prompts, int[] candidates) {
        PackedBatch batch = decoder.packPrompts(prompts);
        int[] last = IntStream.range(0, prompts.size()).map(batch::lastOfPrompt).toArray();
        int[] targets = new int[prompts.size() * candidates.length];
        for (int p = 0; p < prompts.size(); p++) {
            System.arraycopy(candidates, 0, targets, p * candidates.length, candidates.length);
        }
        try (Scope scope = decoder.newScope()) {
            IValue[] packed = decoder.arguments(scope, batch);
            IValue[] result = scope.callForTuple(
                    "log_probs",
                    packed[0],
                    packed[1],
                    packed[2],
                    scope.tensor(last, last.length),
                    scope.tensor(targets, prompts.size(), candidates.length),
                    scope.number(1.0),
                    scope.flag(false),
                    scope.list(List.of()),
                    scope.flag(false));
            float[] values = scope.floats(result[0]);
            return IntStream.range(0, prompts.size())
                    .mapToObj(p -> Arrays.copyOfRange(values, p * candidates.length, (p + 1) * candidates.length))
                    .toArray(float[][]::new);
        }
    }
}
