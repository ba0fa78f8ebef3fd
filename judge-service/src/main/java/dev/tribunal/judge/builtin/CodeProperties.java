package dev.tribunal.judge.builtin;

import dev.tribunal.judge.rules.code.CodeSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.judge.code.*}
 *
 * @param enabled see {@link CodeSettings}, as for the next three
 * @param timeout deadline of one question to the code judge, all its items together
 */
@ConfigurationProperties("tribunal.judge.code")
record CodeProperties(
        @Nullable Boolean enabled,
        @Nullable String sandbox,
        @Nullable String python,
        @Nullable String java,
        @DefaultValue("240s") Duration timeout) {

    CodeSettings settings() {
        return new CodeSettings(enabled, sandbox, python, java);
    }
}
