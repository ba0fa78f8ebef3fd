package dev.tribunal.judge.rules.code;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the code judge finds on its machine.
 *
 * @param enabled whether to look for a sandbox at all; true if not given
 * @param sandbox bubblewrap's command, {@code bwrap} if not given
 * @param python the command of a Python 3, python3 if not given
 * @param java the folder of a JDK 25 or newer; that of this process if not given
 */
public record CodeSettings(
        @Nullable Boolean enabled,
        @Nullable String sandbox,
        @Nullable String python,
        @Nullable String java) {

    public CodeSettings {
        enabled = enabled == null || enabled;
        sandbox = sandbox == null || sandbox.isBlank() ? "bwrap" : sandbox;
        python = python == null || python.isBlank() ? "python3" : python;
        java = java == null || java.isBlank() ? System.getProperty("java.home") : java;
    }

    @Override
    public Boolean enabled() {
        return given(enabled);
    }

    @Override
    public String sandbox() {
        return given(sandbox);
    }

    @Override
    public String python() {
        return given(python);
    }

    @Override
    public String java() {
        return given(java);
    }

    private static <T> T given(@Nullable T value) {
        return Objects.requireNonNull(value, "the constructor puts one in");
    }

    public static CodeSettings defaults() {
        return new CodeSettings(null, null, null, null);
    }
}
