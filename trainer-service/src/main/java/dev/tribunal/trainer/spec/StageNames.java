package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.runs.v1.Artifact;
import dev.tribunal.contracts.runs.v1.Stage;
import dev.tribunal.servicekit.error.Suggestion;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.spec.Rounds.Placed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The stages that one may refer to, as far as a spec was gone through, and what they leave. */
final class StageNames {

    private final BiConsumer<String, String> mistake;
    private final Map<String, Artifact.Kind> left = new LinkedHashMap<>();

    /** @param mistake told a pointer and what is wrong there */
    StageNames(BiConsumer<String, String> mistake) {
        this.mistake = mistake;
    }

    /** What comes from now on may refer to this stage. */
    void add(Placed placed) {
        left.put(placed.stage().name(), placed.stage().leaves());
        placed.names().forEach(name -> left.put(name, placed.stage().leaves()));
    }

    /** @param reference {@code stage:NAME}; what is none is passed over */
    void check(String pointer, String reference, Artifact.Kind... wanted) {
        Stage.named(reference).ifPresent(name -> checkName(pointer, name, wanted));
    }

    /** @param name of a stage */
    void checkName(String pointer, String name, Artifact.Kind... wanted) {
        Artifact.Kind kind = left.get(name);
        if (kind == null) {
            mistake.accept(
                    pointer,
                    "names the stage '" + name + "', but no earlier stage is called that"
                            + (left.isEmpty() ? ": there is none before it" : Suggestion.of(name, left.keySet())));
        } else if (!List.of(wanted).contains(kind)) {
            mistake.accept(
                    pointer,
                    "names the stage '" + name + "', which leaves " + Words.of(kind) + "; wanted here: "
                            + (wanted.length == 0
                                    ? "a file of rows with ratings, which no stage writes"
                                    : Stream.of(wanted).map(Words::of).collect(Collectors.joining(" or "))));
        }
    }
}
