package dev.tribunal.languagemodel.decoder;

import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import java.util.OptionalInt;

/** How fast a decoder's widest layer product runs on many rows: the pace that nothing a model does can exceed much. */
public final class ProductRate {

    private static final int ROWS = 2048;
    private static final double ENOUGH_SECONDS = 0.5;

    /** Small enough to be done undisturbed now and then, however busy the machine is. */
    private static final ModelConfiguration PROBE =
            new ModelConfiguration("llama", 8, 512, 512, 1, 1, 1, 2, 1, 1e-5, 10_000, true);

    private static final int PROBE_ROWS = 64;
    private static final int PROBE_TRIES = 40;

    private ProductRate() {}

    /** In thousand millions of multiplications and additions a second. */
    public static double gigaflops(Decoder decoder) {
        ModelConfiguration model = decoder.configuration();
        double operations = 4.0 * ROWS * model.hiddenSize() * model.intermediateSize();
        int times = 1;
        double seconds = seconds(decoder, ROWS, times);
        while (seconds < ENOUGH_SECONDS) {
            times *= 2;
            seconds = seconds(decoder, ROWS, times);
        }
        return operations * times / seconds / 1e9;
    }

    /**
     * How many times as long as in fp32 a product takes in this precision, where models are loaded. The two take turns,
     * and the quickest of each counts: what else runs on the machine slows both.
     */
    public static double slowdown(Precision precision) {
        ModelThread thread = new ModelThread("speed of " + precision);
        try {
            return thread.call(() -> {
                try (Decoder plain = probe(Precision.FP32);
                        Decoder asked = probe(precision)) {
                    double plainSeconds = Double.MAX_VALUE;
                    double askedSeconds = Double.MAX_VALUE;
                    for (int i = 0; i < PROBE_TRIES; i++) {
                        plainSeconds = Math.min(plainSeconds, seconds(plain, PROBE_ROWS, 1));
                        askedSeconds = Math.min(askedSeconds, seconds(asked, PROBE_ROWS, 1));
                    }
                    return askedSeconds / plainSeconds;
                }
            });
        } finally {
            thread.close(() -> {});
        }
    }

    private static Decoder probe(Precision precision) {
        EngineOptions options = EngineOptions.DEFAULT.withPrecision(precision).frozen();
        return new Decoder(PROBE, WeightLayout.of(PROBE, new Head.Tied()), OptionalInt.empty(), options, null);
    }

    private static double seconds(Decoder decoder, int rows, int times) {
        try (Scope scope = decoder.newScope()) {
            decoder.refresh(scope);
            long start = System.nanoTime();
            scope.call("multiply", scope.number(rows), scope.number(times));
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
