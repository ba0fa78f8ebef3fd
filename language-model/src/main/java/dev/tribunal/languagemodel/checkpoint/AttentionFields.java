package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.architecture.Attention;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Biases, norms and windows of attention in {@code config.json}: here the families differ. */
final class AttentionFields {

    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";

    private AttentionFields() {}

    static Attention read(Family family, Fields fields, int layers) {
        boolean biased = family.fields().contains("attention_bias") && fields.flag("attention_bias");
        int window = window(family, fields);
        List<Boolean> windowed = windowed(family, fields, layers, window);
        return new Attention(
                biased || family == Family.QWEN2,
                biased,
                family == Family.QWEN3,
                windowed.contains(true) ? window : 0,
                windowed);
    }

    /** 0 if there is none. */
    private static int window(Family family, Fields fields) {
        JsonNode value = fields.object().path("sliding_window");
        return switch (family) {
            case LLAMA -> 0;
            case MISTRAL -> value.isNull() ? 0 : fields.positive("sliding_window");
            case QWEN2, QWEN3 ->
                !fields.flag("use_sliding_window") || value.isNull() ? 0 : fields.positive("sliding_window");
        };
    }

    private static List<Boolean> windowed(Family family, Fields fields, int layers, int window) {
        boolean qwen = family.fields().contains("layer_types");
        if (qwen && fields.has("layer_types")) {
            return layerTypes(fields, layers, window);
        }
        int first = qwen && window > 0 ? fields.count("max_window_layers") : 0;
        return IntStream.range(0, layers)
                .mapToObj(layer -> window > 0 && layer >= first)
                .toList();
    }

    private static List<Boolean> layerTypes(Fields fields, int layers, int window) {
        JsonNode types = fields.object().path("layer_types");
        List<String> names = types.valueStream().map(type -> type.asString("")).toList();
        if (names.size() != layers || !Set.of(FULL, SLIDING).containsAll(names)) {
            fields.errors()
                    .add("layer_types is " + Fields.shown(types) + ", but must say \"" + FULL + "\" or \"" + SLIDING
                            + "\" for each of " + layers + " layers");
        } else if (names.contains(SLIDING) && window == 0) {
            fields.errors()
                    .add("layer_types has \"" + SLIDING
                            + "\", but use_sliding_window and sliding_window give no window");
        }
        return names.stream().map(name -> window > 0 && name.equals(SLIDING)).toList();
    }
}
