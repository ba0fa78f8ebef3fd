package dev.tribunal.languagemodel;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A linear map of every layer that an adapter may change, named as PEFT's {@code target_modules} name it. */
public enum LoraTarget {
    Q_PROJ,
    K_PROJ,
    V_PROJ,
    O_PROJ,
    GATE_PROJ,
    UP_PROJ,
    DOWN_PROJ;

    /** For example {@code q_proj}. */
    public String module() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty if no layer has such a map. */
    public static Optional<LoraTarget> of(String module) {
        return Arrays.stream(values())
                .filter(target -> target.module().equals(module))
                .findFirst();
    }
}
