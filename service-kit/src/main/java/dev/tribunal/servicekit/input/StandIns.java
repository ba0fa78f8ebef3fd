package dev.tribunal.servicekit.input;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that stand in for what could not be read, so that the rest is looked at all the same. */
final class StandIns {

    private StandIns() {}

    /** @return null only where the type's record refuses to be made of stand-ins */
    static @Nullable Object of(Type type) {
        Class<?> raw = InputReader.raw(type);
        if (raw == String.class) {
            return "";
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return false;
        }
        if (raw == int.class || raw == Integer.class) {
            return 0;
        }
        if (raw == long.class || raw == Long.class) {
            return 0L;
        }
        if (raw == double.class || raw == Double.class) {
            return 0.0;
        }
        if (raw == Duration.class) {
            return Duration.ZERO;
        }
        if (raw == List.class) {
            return List.of();
        }
        if (raw == Map.class) {
            return Map.of();
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[0];
        }
        if (Union.is(raw)) {
            return of(Union.of(raw));
        }
        return raw.isRecord() ? record(raw) : null;
    }

    static @Nullable Object of(Union union) {
        return of(union.otherwise()
                .orElseGet(() -> union.records().values().iterator().next()));
    }

    private static @Nullable Object record(Class<?> type) {
        @Nullable
        Object[] values = Field.of(type).stream()
                .map(field -> field.nullable() ? null : of(field.type()))
                .toArray();
        try {
            return InputReader.constructor(type).newInstance(values);
        } catch (ReflectiveOperationException refused) {
            return null;
        }
    }
}
