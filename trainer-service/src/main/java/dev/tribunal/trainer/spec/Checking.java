package dev.tribunal.trainer.spec;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How long prompt files are checked, and who hears how far it is.
 *
 * @param timeIsUp asked at every line; what is not checked then is left unchecked
 * @param progress hears now and then, in words
 */
public record Checking(BooleanSupplier timeIsUp, Consumer<String> progress) {

    /** How the conditions begin that hold until the prompt files are checked to their ends, or checked again. */
    public static final String OF_CHECK = "prompts-";

    /** The condition that tells how much of the prompt files was checked. */
    public static final String UNCHECKED = OF_CHECK + "unchecked";

    /** To the end, and nobody listens. */
    public static final Checking ALL = new Checking(() -> false, words -> {});
}
