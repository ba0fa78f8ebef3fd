package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.RunResource.Alarm;
import org.jspecify.annotations.Nullable;

/**
 * An alarm, and the numbers of the commits that raised it and that it was over with: a run that goes back to an earlier
 * commit has the alarms that it had then.
 *
 * @param over absent while there is reason for it
 */
record StoredAlarm(Alarm alarm, long raised, @Nullable Long over) {

    boolean isActive() {
        return over == null;
    }

    StoredAlarm overAt(long commit) {
        return new StoredAlarm(alarm, raised, commit);
    }

    /** As it was at an earlier commit, at which it had been raised. */
    StoredAlarm at(long commit) {
        return over != null && over > commit ? new StoredAlarm(alarm, raised, null) : this;
    }
}
