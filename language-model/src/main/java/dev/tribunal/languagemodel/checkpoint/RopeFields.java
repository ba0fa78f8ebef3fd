package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.architecture.Rope;
import java.util.List;
import java.util.Map;

/**
 * Rotary positions in {@code config.json}: {@code rope_theta} and {@code rope_scaling} or, since transformers 5, both
 * in {@code rope_parameters}.
 */
final class RopeFields {

    private static final double DEFAULT_THETA = 10_000; // of every family, in transformers

    private RopeFields() {}

    /** @param positions {@code max_position_embeddings} */
    static Rope read(Fields configuration, int positions) {
        Fields older = configuration.within("rope_scaling");
        Fields newer = configuration.within("rope_parameters");
        boolean both = !older.object().isEmpty() && !newer.object().isEmpty();
        if (both && !older.object().equals(newer.object())) {
            configuration.errors().add("rope_scaling and rope_parameters say different things");
        }
        Fields rope = older.object().isEmpty() ? newer : older;
        double theta = rope.positiveReal("rope_theta", configuration.positiveReal("rope_theta", DEFAULT_THETA));
        return new Rope(theta, scaling(rope, positions));
    }

    private static Rope.Scaling scaling(Fields rope, int positions) {
        String type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> {
                requireOnly(rope);
                yield new Rope.None();
            }
            case "linear" -> {
                requireOnly(rope, "factor");
                yield new Rope.Linear(rope.positiveReal("factor"));
            }
            case "dynamic" -> {
                requireOnly(rope, "factor");
                yield new Rope.Dynamic(rope.positiveReal("factor"), positions);
            }
            case "llama3" -> {
                requireOnly(rope, "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings");
                yield llama3(rope);
            }
            default -> {
                rope.errors()
                        .add(rope.prefix() + "rope_type is \"" + type + "\"; supported are \"default\","
                                + " \"linear\", \"dynamic\", \"llama3\"");
                yield new Rope.None();
            }
        };
    }

    private static Rope.Scaling llama3(Fields rope) {
        int before = rope.errors().size();
        double factor = rope.positiveReal("factor");
        double low = rope.positiveReal("low_freq_factor");
        double high = rope.positiveReal("high_freq_factor");
        int original = rope.positive("original_max_position_embeddings");
        if (rope.errors().size() == before && high <= low) {
            rope.errors()
                    .add(rope.prefix() + "high_freq_factor is " + high + ", but must be above low_freq_factor, " + low);
        }
        return rope.errors().size() == before ? new Rope.Llama3(factor, low, high, original) : new Rope.None();
    }

    private static void requireOnly(Fields rope, String... names) {
        List<String> known = List.of(names);
        rope.requireOnly(
                name -> known.contains(name)
                        || List.of("rope_type", "type", "rope_theta").contains(name),
                Map.of("partial_rotary_factor", 1));
    }
}
