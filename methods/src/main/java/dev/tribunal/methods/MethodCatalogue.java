package dev.tribunal.methods;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.reward.RewardTransform;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What is registered, by the name that specs use, in the order in which it is written down. */
public final class MethodCatalogue {

    private MethodCatalogue() {}

    public static Map<String, Class<? extends Method>> methods() {
        return registered(Method.class);
    }

    public static Map<String, Class<? extends GradientCombiner>> combiners() {
        return registered(GradientCombiner.class);
    }

    public static Map<String, Class<? extends RewardTransform>> rewardTransforms() {
        return registered(RewardTransform.class);
    }

    static <T> Map<String, Class<? extends T>> registered(Class<T> kind) {
        Map<String, Class<? extends T>> byName = new LinkedHashMap<>();
        JsonSubTypes types = Objects.requireNonNull(kind.getAnnotation(JsonSubTypes.class));
        for (JsonSubTypes.Type type : types.value()) {
            byName.put(type.name(), type.value().asSubclass(kind));
        }
        return byName;
    }
}
