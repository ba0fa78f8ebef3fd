package dev.tribunal.judge.builtin;

import dev.tribunal.judge.rules.code.CodeJudge;
import dev.tribunal.judge.rules.code.SandboxException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** The code judge, if this machine has a sandbox that holds; else the reason why there is none. */
@Component
@EnableConfigurationProperties(CodeProperties.class)
class CodeJudges implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CodeJudges.class);

    private final @Nullable CodeJudge judge;
    private final @Nullable String whyNone;
    private final Duration timeout;

    CodeJudges(CodeProperties properties) {
        this.timeout = properties.timeout();
        CodeJudge opened = null;
        String failure = null;
        try {
            opened = CodeJudge.open(properties.settings());
            log.info("programs of completions run in a sandbox: {}", opened.identity());
            if (!opened.missing().isEmpty()) {
                log.warn("the judge '{}' does not run all: {}", CodeJudge.NAME, String.join("; ", opened.missing()));
            }
        } catch (SandboxException e) {
            failure = e.getMessage();
            log.warn("there is no judge '{}': {}", CodeJudge.NAME, failure);
        }
        this.judge = opened;
        this.whyNone = failure;
    }

    Optional<CodeJudge> judge() {
        return Optional.ofNullable(judge);
    }

    Duration timeout() {
        return timeout;
    }

    /** What to do about a judge that is named and missing; null if it is not the code judge, or it is there. */
    @Nullable
    String whyMissing(String name) {
        return whyNone != null && CodeJudge.NAME.equals(name)
                ? "the judge '" + name + "' runs programs in a sandbox only: " + whyNone
                : null;
    }

    @Override
    public void close() {
        if (judge != null) {
            judge.close();
        }
    }
}
