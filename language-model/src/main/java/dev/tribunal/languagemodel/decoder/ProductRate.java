package dev.tribunal.languagemodel.decoder;

import dev.tribunal.languagemodel.ModelConfiguration;

/** How fast a decoder's widest layer product runs on many rows: the pace that nothing a model does can exceed much. */
public final class ProductRate {

    private static final int ROWS = 2048;
    private static final double ENOUGH_SECONDS = 0.5;

    private ProductRate() {}

    /** In thousand millions of multiplications and additions a second. */
    public static double gigaflops(Decoder decoder) {
        ModelConfiguration model = decoder.configuration();
        double operations = 4.0 * ROWS * model.hiddenSize() * model.intermediateSize();
        int times = 1;
        double seconds = seconds(decoder, times);
        while (seconds < ENOUGH_SECONDS) {
            times *= 2;
            seconds = seconds(decoder, times);
        }
        return operations * times / seconds / 1e9;
    }

    private static double seconds(Decoder decoder, int times) {
        try (Scope scope = decoder.newScope()) {
            decoder.refresh(scope);
            long start = System.nanoTime();
            scope.call("multiply", scope.number(ROWS), scope.number(times));
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
