package dev.tribunal.languagemodel;

/** What the machine can do at best, to hold a model's times against. */
public final class EngineSpeed {

    private EngineSpeed() {}

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
