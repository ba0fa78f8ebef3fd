package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;

/** Where the fan-out looks up the judges that a request names. */
@FunctionalInterface
public interface JudgeDirectory {

    /** @param version a version, or {@code latest}: the newest active one */
    Found find(String name, String version);

    /** What there is under a name and version. */
    sealed interface Found {

        /**
         * @param digest of all that decides its verdicts
         * @param deterministic whether the same item always gets the same verdict
         */
        record Ready(JudgeClient client, Kind kind, String digest, boolean deterministic) implements Found {}

        /** There is such a judge, but it may not judge: its verdicts are undecided with this code. */
        record NotActive(String version, String code, String detail) implements Found {}

        /** @param detail what is missing and what to do */
        record Unknown(String detail) implements Found {}
    }
}
