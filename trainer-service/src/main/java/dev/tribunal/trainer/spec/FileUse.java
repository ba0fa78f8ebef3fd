package dev.tribunal.trainer.spec;

import dev.tribunal.methods.Experience;
import dev.tribunal.trainer.spec.References.Pinned;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one task wants of a prompt file.
 *
 * @param task its name
 * @param pointer to the file's name in the spec
 * @param training whether it trains on the file, and does not hold it out
 * @param experience what its method learns from; absent if the method has mistakes
 * @param digest that the spec demands of the file, if any
 * @param baselineField that every line must have, if any
 * @param needed fields that judges need of every line, and who needs them
 * @param judges that look at every line, with the parameters they are given
 * @param readers reward models that read every line and a completion
 */
record FileUse(
        String task,
        String pointer,
        boolean training,
        @Nullable Experience experience,
        @Nullable String digest,
        @Nullable String baselineField,
        Map<String, String> needed,
        List<AskedJudge> judges,
        List<Reader> readers) {

    /**
     * A reward model that reads so many tokens.
     *
     * @param pointer to its name in the spec
     */
    record Reader(String pointer, String rewardModel, int maxTokens) {}

    /** A judge as a task uses it. */
    record AskedJudge(Pinned judge, Map<String, Object> parameters) {}
}
