package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.Verdict;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verdicts that judges gave earlier, so that a run that is resumed sees what it saw. It may forget. */
interface VerdictCache extends AutoCloseable {

    /** A verdict as the judge gave it: satisfied or violated. */
    record Known(
            Verdict verdict,
            @Nullable Double score,
            @Nullable String reason) {}

    /** What there is; an empty map where the cache is out of order. */
    Map<VerdictKey, Known> find(Collection<VerdictKey> keys);

    /** Returns at once. The first verdict under a key stays. */
    void keep(Map<VerdictKey, Known> verdicts);

    @Override
    void close();

    /** Knows nothing and keeps nothing. */
    static VerdictCache none() {
        return new VerdictCache() {
            @Override
            public Map<VerdictKey, Known> find(Collection<VerdictKey> keys) {
                return Map.of();
            }

            @Override
            public void keep(Map<VerdictKey, Known> verdicts) {}

            @Override
            public void close() {}
        };
    }
}
