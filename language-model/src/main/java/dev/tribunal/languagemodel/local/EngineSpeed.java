package dev.tribunal.languagemodel.local;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Precision;

/** What the machine can do: at best, to hold a model's times against, and in which precision. */
public final class EngineSpeed {

    /**
     * A processor with instructions for bf16 takes about half of what fp32 takes, one that has to do without three
     * times as much (AVX-512) or five times and more (AVX2).
     */
    private static final double NOT_WORTH_IT = 1.5;

    private EngineSpeed() {}

    /**
     * Whether a model in this precision should be run on this machine, or is slower than in fp32, since the processor
     * has no instructions for it. The first call measures that, which takes a fraction of a second; all calls of a
     * process say the same.
     */
    public static boolean isWorthwhile(Precision precision) {
        return switch (precision) {
            case FP32 -> true;
            case BF16 -> LocalBf16.SLOWDOWN <= NOT_WORTH_IT;
        };
    }

    /** Times that a product in this precision takes as long as in fp32 on this machine; see {@link #isWorthwhile}. */
    public static double slowdown(Precision precision) {
        return switch (precision) {
            case FP32 -> 1;
            case BF16 -> LocalBf16.SLOWDOWN;
        };
    }

    /**
     * The rate of the model's widest layer product on many rows, in its precision and with its threads; takes about a
     * second.
     *
     * @return thousand millions of multiplications and additions a second
     * @throws IllegalArgumentException if the model is not in this process
     */
    public static double productGigaflops(LanguageModel model) {
        if (model instanceof LocalLanguageModel local) {
            return local.productGigaflops();
        }
        throw new IllegalArgumentException("the model is not in this process: its machine cannot be measured here");
    }
}
